"""Tests in virtual machines: real kernels, real resets, real power. `./check-vm` runs them; README.md says what there is."""

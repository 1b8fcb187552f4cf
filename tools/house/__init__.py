"""The house rules as code; tools/tidy runs them."""

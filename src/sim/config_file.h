// A node's configuration file, on the same disk as its state. The text is a name: the world knows what stands in it.
#pragma once

#include <utility>

#include "ports/config_file.h"
#include "sim/scheduler.h"
#include "sim/store.h"

namespace holdfast::sim {

class SimConfigFile final : public ConfigFile {
 public:
  SimConfigFile(Scheduler& scheduler, Owner& owner, SimDisk& disk)
      : scheduler_(scheduler), owner_(owner), disk_(disk) {}

  Result<std::string> read() override { return disk_.config; }

  void replace(std::string text, std::string keep_as, Written written) override {
    scheduler_.after(Micros{2000}, &owner_,
                     [this, text = std::move(text), keep_as = std::move(keep_as), written = std::move(written)] {
                       if (disk_.health == DiskHealth::hanging) return replace(text, keep_as, written);
                       if (disk_.health == DiskHealth::full) return written(failure("no space left on device"));
                       disk_.kept_configs[keep_as] = std::exchange(disk_.config, text);
                       written({});
                     });
  }

 private:
  Scheduler& scheduler_;
  Owner& owner_;
  SimDisk& disk_;
};

}  // namespace holdfast::sim

// The parameters of one resource of kind `filesystem`.
#pragma once

#include <string>

#include "agents/filesystem/options.h"
#include "agents/ocf.h"
#include "base/result.h"

namespace holdfast::agent {

enum class SourceForm : std::uint8_t {
  block,    ///< a path of a block device, or UUID= and the like
  network,  ///< host:/path, //host/share
  folder,   ///< bind
  name,     ///< overlay, tmpfs: nothing that could be looked for
};

enum class Fsck : std::uint8_t { automatic, always, never };

struct Settings {
  std::string device;  ///< as given
  SourceForm form = SourceForm::block;
  std::string mount_point;  ///< as given, without doubled and trailing slashes
  std::string type;         ///< "auto": what the device holds
  WantedOptions options;
  Fsck fsck = Fsck::automatic;
  bool create_mount_point = false;
  bool allow_non_empty = false;
  long fill_warning = 90;  ///< per cent; 0: none
  long fill_error = 95;
  bool fill_fails = false;
  Millis write_test{0};  ///< 0: none
  Millis kill_after{5000};
  std::string record;  ///< beginning of the paths of our records of this resource
};

/// Error: wrong on every node. Touches neither device nor mount point.
Result<Settings> read_settings(const Invocation& call);

}  // namespace holdfast::agent

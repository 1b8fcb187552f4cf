// One way to a disk, over which commands can be sent.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agents/disk/protocol.h"
#include "base/result.h"

namespace holdfast::agent::disk {

class Path {
 public:
  virtual ~Path() = default;
  /// One command, once. May block as long as the kernel wants: to be called where that harms nobody (in_child, a thread
  /// of its own).
  virtual Reply run(const Request& request) = 0;
  /// As an operator knows it: /dev/sda.
  virtual const std::string& name() const = 0;
};

using Paths = std::vector<std::unique_ptr<Path>>;

/// Runs it, again while the device only tells what happened before, or is busy.
Reply ask(Path& path, const Request& request);

/// The block devices behind the one that is configured: of a multipath device its paths, else itself. Errors: not
/// there, no block device; one line.
Result<std::vector<std::string>> block_devices_of(const std::string& device);

/// Opens each of them. The error names the first that cannot be opened.
Result<Paths> open_paths(const std::vector<std::string>& devices);
/// Of those that can be opened now, which may be none; `trouble` with the others, one line.
Paths open_what_is_there(const std::vector<std::string>& devices, std::string& trouble);

}  // namespace holdfast::agent::disk

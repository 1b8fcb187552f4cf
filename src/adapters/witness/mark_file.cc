#include "adapters/witness/mark_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/format.h"

namespace holdfast::witness {
namespace {

/// O_DIRECT wants memory at a multiple of the block's size.
using Block = std::unique_ptr<char, void (*)(void*)>;
Block make_block() { return Block(static_cast<char*>(std::aligned_alloc(slot_size, slot_size)), std::free); }

off_t offset_of(NodeId node) { return static_cast<off_t>(node.value * slot_size); }

int open_flags(const std::string& path) {
  struct stat status {};
  const bool device = stat(path.c_str(), &status) == 0 && S_ISBLK(status.st_mode);
  // A device that is missing must not become a file below /dev.
  const bool below_dev = path.starts_with("/dev/");
  return O_RDWR | O_CLOEXEC | O_DSYNC | (device || below_dev ? 0 : O_CREAT);
}

}  // namespace

/// The next call opens it anew: a file of a network file system may have become stale.
Error MarkFile::error(const std::string& what) {
  const int why = errno;
  file_.close();
  return {format("{} {}: {}", path_, what, std::strerror(why))};
}

Result<void> MarkFile::open() {
  if (file_) return {};
  const int flags = open_flags(path_);
  file_ = Descriptor(::open(path_.c_str(), flags | O_DIRECT, 0600));
  // tmpfs, for one, has no O_DIRECT.
  if (!file_ && errno == EINVAL) file_ = Descriptor(::open(path_.c_str(), flags, 0600));
  if (!file_) return tl::unexpected(error("cannot be opened"));
  return {};
}

Result<Slot> MarkFile::read_slot(NodeId node) {
  const Block block = make_block();
  const ssize_t size = pread(file_.get(), block.get(), slot_size, offset_of(node));
  if (size < 0) return tl::unexpected(error("cannot be read"));
  return decode_mark({block.get(), static_cast<std::size_t>(size)});
}

/// Before the first write: a device with a file system on it would be damaged.
Result<void> MarkFile::check_slot(const Mark& own) {
  if (checked_) return {};
  const auto slot = read_slot(own.node);
  if (!slot) return tl::unexpected(slot.error());
  if (slot->content == SlotContent::foreign)
    return failure(
        format("{} holds something else at byte {}; nothing was written (for a device that is free: dd "
               "if=/dev/zero of={} bs=4096 count=33)",
               path_, offset_of(own.node), path_));
  if (slot->content == SlotContent::mark && slot->mark.cluster != own.cluster)
    return failure(format("{} holds the marks of the cluster {}; each cluster needs a path of its own", path_,
                          slot->mark.cluster));
  checked_ = true;
  return {};
}

Result<void> MarkFile::write(const Mark& own) {
  if (auto opened = open(); !opened) return opened;
  if (auto ours = check_slot(own); !ours) return ours;
  const Block block = make_block();
  std::memcpy(block.get(), encode_mark(own).data(), slot_size);
  const ssize_t size = pwrite(file_.get(), block.get(), slot_size, offset_of(own.node));
  if (size == static_cast<ssize_t>(slot_size)) return {};
  if (size >= 0) errno = ENOSPC;
  return tl::unexpected(error("cannot be written"));
}

Result<std::map<NodeId, Slot>> MarkFile::read(const std::vector<NodeId>& nodes) {
  if (auto opened = open(); !opened) return tl::unexpected(opened.error());
  std::map<NodeId, Slot> out;
  for (const NodeId node : nodes) {
    auto slot = read_slot(node);
    if (!slot) return tl::unexpected(slot.error());
    out[node] = *std::move(slot);
  }
  return out;
}

}  // namespace holdfast::witness

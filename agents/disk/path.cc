#include "agents/disk/path.h"

#include <fcntl.h>
#include <scsi/sg_pt.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/descriptor.h"
#include "base/format.h"
#include "base/time.h"

namespace holdfast::agent::disk {
namespace {

constexpr int limit_seconds = 5;  // of one command
constexpr int attempts = 20;
constexpr Millis busy_pause{50};

struct Ended {
  void operator()(sg_pt_base* object) const { destruct_scsi_pt_obj(object); }
};

/// A block device of the kernel's, by SG_IO.
class KernelPath final : public Path {
 public:
  KernelPath(std::string name, Descriptor file) : name_(std::move(name)), file_(std::move(file)) {}

  const std::string& name() const override { return name_; }

  Reply run(const Request& request) override {
    const std::unique_ptr<sg_pt_base, Ended> object(construct_scsi_pt_obj_with_fd(file_.get(), 0));
    if (!object) return {Outcome::failed, {}, "no memory"};
    Reply reply;
    reply.in.assign(request.in_limit, 0);
    std::array<std::uint8_t, 64> sense{};
    set_scsi_pt_cdb(object.get(), request.cdb.data(), static_cast<int>(request.cdb.size()));
    set_scsi_pt_sense(object.get(), sense.data(), static_cast<int>(sense.size()));
    if (!request.out.empty())
      set_scsi_pt_data_out(object.get(), request.out.data(), static_cast<int>(request.out.size()));
    if (!reply.in.empty()) set_scsi_pt_data_in(object.get(), reply.in.data(), static_cast<int>(reply.in.size()));
    const int done = do_scsi_pt(object.get(), -1, limit_seconds, 0);
    if (done < 0) return not_sent(-done);
    return take_in(*object, sense, std::move(reply));
  }

 private:
  static Reply not_sent(int error) {
    if (error == ENOTTY || error == EINVAL || error == ENOSYS || error == EOPNOTSUPP)
      return {Outcome::unsupported, {}, "it is no SCSI device"};
    return {Outcome::not_answering, {}, std::strerror(error)};
  }

  static Reply take_in(const sg_pt_base& object, const std::array<std::uint8_t, 64>& sense, Reply reply) {
    switch (get_scsi_pt_result_category(&object)) {
      case SCSI_PT_RESULT_OS_ERR:
        return not_sent(get_scsi_pt_os_err(&object));
      case SCSI_PT_RESULT_TRANSPORT_ERR:
        return {
            Outcome::not_answering, {}, format("no answer (host status {:02x})", get_scsi_pt_transport_err(&object))};
      default:
        break;
    }
    const auto told = static_cast<std::size_t>(std::max(0, get_scsi_pt_sense_len(&object)));
    Reply judged = judge(get_scsi_pt_status_response(&object), View(sense.data(), std::min(told, sense.size())));
    const auto missing = static_cast<std::size_t>(std::max(0, get_scsi_pt_resid(&object)));
    reply.in.resize(reply.in.size() - std::min(missing, reply.in.size()));
    judged.in = std::move(reply.in);
    return judged;
  }

  std::string name_;
  Descriptor file_;
};

std::string line_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

Reply ask(Path& path, const Request& request) {
  Reply reply;
  for (int i = 0; i < attempts; ++i) {
    reply = path.run(request);
    if (reply.outcome == Outcome::busy) std::this_thread::sleep_for(busy_pause);
    if (reply.outcome != Outcome::attention && reply.outcome != Outcome::busy) break;
  }
  return reply;
}

Result<std::vector<std::string>> block_devices_of(const std::string& device) {
  struct stat status {};
  if (stat(device.c_str(), &status) != 0)
    return failure(errno == ENOENT ? format("device {} does not exist on this node", device)
                                   : format("device {}: {}", device, std::strerror(errno)));
  if (!S_ISBLK(status.st_mode)) return failure(format("{} is no block device", device));
  const std::filesystem::path kernel = format("/sys/dev/block/{}:{}", major(status.st_rdev), minor(status.st_rdev));
  std::error_code error;
  if (std::filesystem::exists(kernel / "partition", error))
    return failure(format("{} is a partition; a reservation is of the whole disk", device));
  if (!line_of(kernel / "dm/uuid").starts_with("mpath-")) return std::vector<std::string>{device};
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(kernel / "slaves", error))
    out.push_back("/dev/" + entry.path().filename().string());
  if (out.empty()) return failure(format("multipath device {} has no path now", device));
  std::ranges::sort(out);
  return out;
}

Result<Paths> open_paths(const std::vector<std::string>& devices) {
  Paths out;
  for (const std::string& device : devices) {
    // Not for writing: udev would probe the device anew after every close. CAP_SYS_RAWIO lets every command through.
    Descriptor file{open(device.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (!file) return failure(format("device {} cannot be opened: {}", device, std::strerror(errno)));
    out.push_back(std::make_unique<KernelPath>(device, std::move(file)));
  }
  return out;
}

Paths open_what_is_there(const std::vector<std::string>& devices, std::string& trouble) {
  Paths out;
  for (const std::string& device : devices) {
    auto opened = open_paths({device});
    if (opened)
      out.push_back(std::move(opened->front()));
    else if (trouble.empty())
      trouble = opened.error().text;
  }
  return out;
}

}  // namespace holdfast::agent::disk

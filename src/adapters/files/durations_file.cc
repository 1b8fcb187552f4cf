#include "adapters/files/durations_file.h"

#include <mutex>
#include <optional>
#include <utility>

#include "adapters/files/durable_file.h"
#include "adapters/files/framed.h"
#include "base/format.h"
#include "wire/codec.h"

namespace holdfast::files {

namespace {

constexpr std::string_view kind = "holdfast-durations";
constexpr mode_t file_mode = 0600;

}  // namespace

struct DurationsFile::Shared {
  explicit Shared(DurationsFileSettings s) : settings(std::move(s)) {}

  const DurationsFileSettings settings;
  std::mutex mutex;
  std::optional<Measurements> waiting;
};

DurationsFile::DurationsFile(DurationsFileSettings settings) : shared_(std::make_shared<Shared>(std::move(settings))) {}

Result<Measurements> DurationsFile::load() const {
  const std::filesystem::path& file = shared_->settings.file;
  const Result<std::optional<std::string>> bytes = read_file(file, max_framed);
  if (!bytes) return tl::unexpected(bytes.error());
  if (!*bytes) return Measurements{};
  return parse_durations(**bytes).map_error(
      [&](const Error& error) { return Error{format("{} is damaged: {}", file.string(), error.text)}; });
}

void DurationsFile::save(Measurements measurements) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->waiting = std::move(measurements);
  }
  shared_->settings.wake();
}

std::function<void()> DurationsFile::work() const {
  return [shared = shared_] {
    std::optional<Measurements> measurements;
    {
      const std::lock_guard lock(shared->mutex);
      measurements = std::exchange(shared->waiting, std::nullopt);
    }
    if (!measurements) return;
    const std::string bytes = durations_bytes(*measurements);
    const DurationsFileSettings& settings = shared->settings;
    const bool fits =
        bytes.size() <= max_framed && check_room(settings.file.parent_path(), bytes.size(), settings.reserve);
    if (fits) (void)replace_file(settings.file, bytes, file_mode);  // a later one may fare better
  };
}

std::string durations_bytes(const Measurements& measurements) {
  return framed(kind, wire::encode_measurements(measurements));
}

Result<Measurements> parse_durations(std::string_view bytes) {
  return unframed(kind, bytes).and_then(wire::decode_measurements);
}

}  // namespace holdfast::files

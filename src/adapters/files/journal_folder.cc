#include "adapters/files/journal_folder.h"

#include <mutex>
#include <utility>
#include <vector>

#include "adapters/files/journal_segment.h"
#include "base/format.h"

namespace holdfast::files {

namespace {

constexpr auto sync_interval = std::chrono::seconds(1);

struct Waiting {
  std::uint64_t segment = 0;  ///< of this life, from 1
  bool first = false;
  std::string record;
};

}  // namespace

/// Between the loop and the writer.
struct JournalFolder::Shared {
  mutable std::mutex mutex;
  std::vector<Waiting> waiting;
  std::size_t bytes = 0;  ///< waiting, or being written
  std::uint64_t segment = 0;
  JournalStanding standing;
};

/// The writer's thread only.
class JournalFolder::Writer {
 public:
  Writer(std::shared_ptr<Shared> shared, const JournalFolderSettings& settings)
      : shared_(std::move(shared)),
        file_({settings.folder, settings.head, settings.segments, settings.segment_bytes, settings.reserve}) {}

  std::optional<Millis> work() {
    std::vector<Waiting> batch;
    {
      const std::lock_guard lock(shared_->mutex);
      batch = std::exchange(shared_->waiting, {});
    }
    for (std::size_t at = 0; at < batch.size();) {
      std::size_t end = at + 1;
      while (end < batch.size() && !batch[end].first) ++end;
      write(batch, at, end);
      at = end;
    }
    return make_durable();
  }

 private:
  /// Records of one segment.
  void write(const std::vector<Waiting>& batch, std::size_t at, std::size_t end) {
    const std::uint64_t segment = batch[at].segment;
    std::vector<std::string_view> records;
    std::size_t bytes = 0;
    for (std::size_t i = at; i < end; ++i) {
      records.push_back(batch[i].record);
      bytes += batch[i].record.size();
    }
    Result<void> written = batch[at].first ? file_.begin() : Result<void>();
    if (written) written = file_.append(records);
    const std::lock_guard lock(shared_->mutex);
    shared_->bytes -= bytes;
    JournalStanding& standing = shared_->standing;
    if (written) {
      standing.segments = segment;
      return;
    }
    standing.lost += records.size();
    if (segment == shared_->segment && standing.trouble.empty()) standing.trouble = written.error().text;
  }

  /// At most once a second: a disk has other things to do.
  std::optional<Millis> make_durable() {
    if (!file_.dirty()) return std::nullopt;
    const auto now = std::chrono::steady_clock::now();
    const auto due = last_sync_ + sync_interval;
    if (now < due) return std::chrono::ceil<Millis>(due - now);
    last_sync_ = now;
    file_.sync();
    return std::nullopt;
  }

  std::shared_ptr<Shared> shared_;
  JournalSegment file_;
  std::chrono::steady_clock::time_point last_sync_;
};

JournalFolder::JournalFolder(JournalFolderSettings settings)
    : settings_(std::move(settings)),
      shared_(std::make_shared<Shared>()),
      writer_(std::make_shared<Writer>(shared_, settings_)) {}

JournalFolder::~JournalFolder() = default;

std::function<std::optional<Millis>()> JournalFolder::work() const {
  return [writer = writer_] { return writer->work(); };
}

void JournalFolder::begin(std::string record) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->standing.trouble.clear();
    shared_->bytes += record.size();
    shared_->waiting.push_back({++shared_->segment, true, std::move(record)});
  }
  settings_.wake();
}

void JournalFolder::append(std::string record) {
  {
    const std::lock_guard lock(shared_->mutex);
    JournalStanding& standing = shared_->standing;
    if (standing.trouble.empty() && shared_->bytes + record.size() > settings_.longest_queue)
      standing.trouble = format("the disk does not keep up: {} bytes wait", shared_->bytes);
    if (!standing.trouble.empty()) {
      ++standing.lost;
      return;
    }
    shared_->bytes += record.size();
    shared_->waiting.push_back({shared_->segment, false, std::move(record)});
  }
  settings_.wake();
}

JournalStanding JournalFolder::standing() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->standing;
}

bool JournalFolder::takes() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->bytes == 0;
}

}  // namespace holdfast::files

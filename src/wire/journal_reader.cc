#include <google/protobuf/io/coded_stream.h>

#include <algorithm>

#include "base/format.h"
#include "wire/crc32c.h"
#include "wire/journal.h"
#include "wire/journal_layout.h"
#include "wire/limits.h"
#include "wire/reader.h"
#include "wire/versions.h"

namespace holdfast::wire {

namespace {

using Input = google::protobuf::io::CodedInputStream;

std::uint32_t u32(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  Input::ReadLittleEndian32FromArray(reinterpret_cast<const std::uint8_t*>(bytes.data()) + offset, &value);
  return value;
}

std::uint64_t u64(std::string_view bytes, std::size_t offset) {
  return u32(bytes, offset) | std::uint64_t{u32(bytes, offset + 4)} << 32;
}

tl::unexpected<JournalError> refuse(JournalFault fault, std::string text) {
  return tl::unexpected(JournalError{fault, std::move(text)});
}

}  // namespace

tl::expected<JournalReader, JournalError> JournalReader::open(std::string_view bytes) {
  namespace layout = journal_layout;
  const std::string_view begin = bytes.substr(0, layout::magic.size());
  const bool empty = std::all_of(begin.begin(), begin.end(), [](char c) { return c == '\0'; });
  if (!empty && begin != layout::magic.substr(0, begin.size()))
    return refuse(JournalFault::damaged, "it is no journal: it does not begin with HFSTJRNL");
  const char* const short_text = "it ends within its header: nothing was written to it";
  if (empty || bytes.size() < layout::head) return refuse(JournalFault::cut_off, short_text);
  if (const std::uint32_t format_read = u32(bytes, 8); format_read != journal_format)
    return refuse(JournalFault::other_version,
                  format("it is of journal format {}; this build reads {}", format_read, journal_format));
  const std::size_t length = u32(bytes, 12);
  if (length > bytes.size() - layout::head) return refuse(JournalFault::cut_off, short_text);
  const std::string_view content = bytes.substr(layout::head, length);
  if (crc32c(content) != u32(bytes, 16))
    return refuse(JournalFault::damaged, "the checksum of its header does not fit");
  Result<JournalHead> head = decode_described<JournalHead>(content);
  if (!head) return refuse(JournalFault::damaged, "its header: " + head.error().text);
  JournalReader reader(bytes);
  reader.head_ = std::move(*head);
  reader.at_ = layout::head + length;
  return reader;
}

Result<void> can_replay(const JournalHead& head) {
  if (head.feature_level == built_speech.feature_level) return {};
  return failure(format(
      "it was written by holdfast {} of feature level {}; this build decides as feature level {} and cannot tell "
      "whether that one decided rightly",
      head.software, head.feature_level, built_speech.feature_level));
}

Error JournalReader::damage(const std::string& what) {
  over_ = true;
  return Error{format("record {} at byte {} is damaged: {}; nothing behind it is read", number_ + 1, at_, what)};
}

/// A write that a power failure interrupted leaves the file short, or zeros where its pages had not come to the disk.
/// `whole`: where the record would end. What was written behind it was written later.
bool JournalReader::may_be_torn(std::size_t whole) const {
  const std::size_t last = bytes_.find_last_not_of('\0');
  return whole >= bytes_.size() || last == std::string_view::npos || last < whole - 1;
}

Result<std::optional<JournalRecord>> JournalReader::next() {
  namespace layout = journal_layout;
  const std::size_t left = bytes_.size() - at_;
  if (over_ || left == 0) return std::optional<JournalRecord>{};
  const auto end_here = [&] {
    over_ = true;
    cut_off_ = left;
    return std::optional<JournalRecord>{};
  };
  if (left < layout::record) return end_here();
  const std::string_view rest = bytes_.substr(at_);
  if (u32(rest, 16) != crc32c(rest.substr(0, 16))) {
    if (may_be_torn(at_ + layout::record)) return end_here();
    return tl::unexpected(damage("the checksum of its first bytes does not fit"));
  }
  const std::size_t length = u32(rest, 0);
  if (length > left - layout::record) return end_here();
  const std::string_view content = rest.substr(layout::record, length);
  if (u32(rest, 12) != crc32c(content)) {
    if (may_be_torn(at_ + layout::record + length)) return end_here();
    return tl::unexpected(damage("its checksum does not fit"));
  }
  if (const std::uint64_t number = u64(rest, 4); number != number_ + 1)
    return tl::unexpected(damage(format("it has number {}", number)));
  Result<JournalRecord> record = decode_described<JournalRecord>(content);
  if (!record) return tl::unexpected(damage(record.error().text));
  at_ += layout::record + length;
  ++number_;
  return std::optional<JournalRecord>(std::move(*record));
}

}  // namespace holdfast::wire

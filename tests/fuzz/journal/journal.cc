// Any bytes as a segment of a journal, as its header, and as a record of it whose checksums fit: refused in words, or
// read to an end; what was read comes back as it was. Input: the bytes.
#include "wire/journal.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace holdfast;
using namespace holdfast::wire;

void expect_same_again(const JournalRecord& record) {
  const auto* step = std::get_if<JournalStep>(&record);
  if (step == nullptr) return;  // a snapshot is written from a state with its configuration
  const std::string bytes = journal_header({}) + journal_record(1, encode_step(*step));
  auto reader = JournalReader::open(bytes);
  if (!reader) std::abort();
  const auto again = reader->next();
  if (!again || !*again) std::abort();
  // A second writing veils nothing new.
  if (encode_step(std::get<JournalStep>(**again)) != encode_step(*step)) std::abort();
}

void read_all(std::string_view bytes) {
  auto reader = JournalReader::open(bytes);
  if (!reader) {
    if (reader.error().text.empty()) std::abort();
    return;
  }
  while (true) {
    const auto record = reader->next();
    if (!record && record.error().text.empty()) std::abort();
    if (!record || !*record) break;
    expect_same_again(**record);
  }
  const auto behind = reader->next();
  if (behind && *behind) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  read_all(input);
  read_all(journal_header({}) + journal_record(1, input));
  return 0;
}

// Where a node's journal goes. Real: adapters/files. Simulated: sim/.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast {

/// How the journal of this life stands.
struct JournalStanding {
  std::uint64_t segments = 0;  ///< of those begun: the last whose first record is written; 0: none
  std::string trouble;         ///< why the newest segment takes nothing more; empty: it is well, as far as is known
  std::uint64_t lost = 0;      ///< records that were handed over in this life and are not written
};

/// Takes records and returns at once, however slow the disk is; what the disk does not take is lost. Segments that are
/// too old are removed. All calls on the runtime's thread.
class JournalStore {
 public:
  virtual ~JournalStore() = default;
  /// Begins the next segment with this record: the content of a snapshot (wire/journal.h).
  virtual void begin(std::string record) = 0;
  /// Goes behind what was handed over before. Lost if the newest segment is in trouble.
  virtual void append(std::string record) = 0;
  /// Cheap.
  virtual JournalStanding standing() const = 0;
  /// Whether begin() could help now: false while the disk has not answered for what it has.
  virtual bool takes() const = 0;
};

}  // namespace holdfast

// B3: may an address come up here; and if several nodes want it in the same instant, which of them gets it. Pure: the
// packets come and go in neighbours.cc.
//
//            somebody holds it ---------------------------------> held
//   probing --nobody heard for a whole wait---------------------> free --heard after all--> as below
//     ^   \---a rival with a greater MAC address probes: our wait begins anew, meanwhile it gives way
//     |    \--a rival with a lower one probes-----> giving way --still not in use--> probing
//     \-----------------------------------------------/
//
// By RFC 5227, 2.1.1 and RFC 4862, 5.4.3 both sides of a simultaneous probe would fail. Here the lowest MAC address
// goes on alone, but only after a wait in which it heard nobody: so never do both pass, also if one cannot hear the
// other.
#pragma once

#include <optional>

#include "agents/ip/packets.h"
#include "base/time.h"

namespace holdfast::agent {

class DuplicateCheck {
 public:
  enum class Verdict : std::uint8_t {
    open,
    free,
    held,       ///< by rival()
    contested,  ///< rival() went on asking for it until our patience was over
  };

  /// The wait begins now; it must not be 0.
  DuplicateCheck(const MacAddress& own, Micros wait, Instant now);

  /// A packet of another machine. Counts after the verdict `free` as well: then the check is open again.
  void heard(const Rival& rival, Instant now);

  /// True if a question is to be sent now; it is taken as sent.
  bool ask(Instant now);
  /// Call with the present time, then listen until wake().
  Verdict verdict(Instant now);
  Instant wake() const;
  /// Whoever was heard last.
  const MacAddress& rival() const { return rival_; }

 private:
  void probe_from(Instant now);

  MacAddress own_;
  Micros wait_;
  Instant patience_end_;
  Instant begin_;                    ///< of the wait under way
  int asked_ = 0;                    ///< questions in this wait
  std::optional<Instant> give_way_;  ///< until then
  Verdict verdict_ = Verdict::open;
  MacAddress rival_{};
};

}  // namespace holdfast::agent

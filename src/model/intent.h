// What is wanted of every hierarchy, and why. Replicated, and merged by version (law 4: facts are not).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "model/facts.h"

namespace holdfast {

/// Why a hierarchy is wanted where it is.
enum class IntentCause : std::uint8_t {
  none,
  operator_request,
  node_failure,      ///< N1
  startup,           ///< O1
  adopted,           ///< R5, R6
  resource_failure,  ///< F1
  shutdown,          ///< O4
  switchback,        ///< O3
};

/// Why a stop was ordered.
enum class StopCause : std::uint8_t {
  operator_request,  ///< O2, B7
  failed,            ///< F3: it failed, and its hierarchy goes to another node
  restart,           ///< F5: it failed, and starts there again
  failed_start,      ///< S2
  runs_twice,        ///< B5
  quorum,            ///< G2
  leaving,           ///< O4
  switchback,        ///< O3
};

/// A hierarchy was taken over from a lost node, and is not whole yet.
struct Takeover {
  NodeId from;
  std::set<ResourceName> what;  ///< was wanted there

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "from", self.from);
    visit(2, "what", self.what);
  }
  bool operator==(const Takeover&) const = default;
};

/// Where one hierarchy shall be in service, and what of it. Replicated; merged whole, by version: a hierarchy is never
/// wanted half here and half there (N4). Known by the lowest name of the hierarchy's resources.
struct Intent {
  Version version;
  std::optional<NodeId> home;                ///< none: it was never in service
  std::map<ResourceName, Version> wanted;    ///< in service at home; a start is tried once per version (S1)
  std::map<ResourceName, Version> unwanted;  ///< since when no more, so that another side's older wish counts less
  std::map<ResourceName, std::map<NodeId, StopCause>> stops;  ///< a stop was ordered there and has not succeeded yet
  IntentCause cause = IntentCause::none;
  bool forced = false;          ///< by an operator: what absent nodes may hold is disregarded (O2)
  std::set<NodeId> tried;       ///< where it failed since it was last whole, or an operator acted (S5, F7)
  std::vector<WallTime> moves;  ///< cluster times of its moves that no operator asked for (F7)
  bool held = false;            ///< it moved too often: it moves no more until an operator acts (F7)
  std::map<ResourceName, std::vector<WallTime>> recoveries;  ///< cluster times of local recoveries (F6)
  std::optional<NodeId> going_home;                          ///< switchback_delay is running: it goes there then (O3)
  /// Until then the side that lost its quorum may still be stopping what a start needs: it is tried again (G2, B3).
  std::optional<WallTime> start_again_until;
  std::optional<Takeover> takeover;  ///< it may not succeed, as where the address goes on answering there (B3)

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(1, "version", self.version);
    visit(6, "home", self.home);
    visit(7, "wanted", self.wanted);
    visit(8, "stops", self.stops);
    visit(4, "cause", self.cause);
    visit(5, "forced", self.forced);
    visit(9, "tried", self.tried);
    visit(10, "moves", self.moves);
    visit(11, "recoveries", self.recoveries);
    visit(12, "held", self.held);
    visit(13, "going_home", self.going_home);
    visit(14, "start_again_until", self.start_again_until);
    visit(15, "takeover", self.takeover);
    visit(16, "unwanted", self.unwanted);
  }
  bool operator==(const Intent&) const = default;
};

}  // namespace holdfast

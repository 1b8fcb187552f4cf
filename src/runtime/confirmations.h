// What waits until every member of the view has said that it knows (trap 3). The engine gives a sender its own message
// back before anybody else may have it; an operator is told "done" only when nobody's death can make it undone.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <utility>

#include "base/ids.h"

namespace holdfast::runtime {

class Confirmations {
 public:
  /// The number to ask the others with; `call` comes when all of `members` have confirmed it.
  std::uint64_t ask(std::set<NodeId> members, std::function<void()> call) {
    open_[++last_] = {std::move(members), std::move(call)};
    return last_;
  }

  void confirmed(NodeId member, std::uint64_t number) {
    const auto found = open_.find(number);
    if (found == open_.end()) return;
    found->second.missing.erase(member);
    if (!found->second.missing.empty()) return;
    const auto call = std::move(found->second.call);
    open_.erase(found);
    call();
  }

  /// A new view is agreed, and its members have told each other all that they know; or there is nobody to ask.
  void end_all() {
    for (auto& [number, question] : std::exchange(open_, {})) question.call();
  }

 private:
  struct Question {
    std::set<NodeId> missing;
    std::function<void()> call;
  };
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Question> open_;
};

}  // namespace holdfast::runtime

// What this node's operators asked and nobody answered yet. Every callback is called exactly once.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/facts.h"
#include "runtime/node.h"

namespace holdfast::runtime {

class PendingRequests {
 public:
  void add(const Request& request, Instant now, std::function<void(Answer)> done) {
    pending_[request.id] = {request, now, std::move(done)};
  }

  /// False if nobody waits for it.
  bool answer(const RequestId& id, const Answer& given) {
    auto found = pending_.extract(id);
    if (found.empty()) return false;
    if (found.mapped().done) found.mapped().done(given);
    return true;
  }

  /// The request has its answer: whoever waits for it is to be called by the caller, once. Null if nobody does.
  std::function<void(Answer)> take(const RequestId& id) {
    auto found = pending_.extract(id);
    return found.empty() ? nullptr : std::move(found.mapped().done);
  }

  /// Asked at `limit` or earlier.
  std::vector<RequestId> older_than(Instant limit) const {
    std::vector<RequestId> result;
    for (const auto& [id, waiting] : pending_)
      if (waiting.since <= limit) result.push_back(id);
    return result;
  }

  /// Null if nobody waits for it.
  const Request* find(const RequestId& id) const {
    const auto found = pending_.find(id);
    return found == pending_.end() ? nullptr : &found->second.request;
  }

  std::vector<Request> all() const {
    std::vector<Request> result;
    for (const auto& [id, waiting] : pending_) result.push_back(waiting.request);
    return result;
  }

 private:
  struct Waiting {
    Request request;
    Instant since;
    std::function<void(Answer)> done;
  };
  std::map<RequestId, Waiting> pending_;
};

}  // namespace holdfast::runtime

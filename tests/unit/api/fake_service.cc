#include "unit/api/fake_service.h"

#include "core/preview.h"
#include "model/names.h"

namespace holdfast::test {

api::Planned FakeService::plan(const std::string& text, const std::string& file) {
  api::Planned planned;
  planned.answer.base = Digest{0xabc};
  planned.answer.digest = Digest{0xdef};
  if (text == "wrong")
    planned.answer.mistakes = {file + ":1: a mistake"};
  else
    planned.proposal = ConfigProposal{Digest{0xabc}, Digest{0xdef}, {}, text};
  planned.answer.changes = {"resource web: monitor_interval 10s -> 5s"};
  if (text == "refused") planned.answer.refused = {"it runs"};
  return planned;
}

void FakeService::request(Request request, std::function<void(api::RequestAnswer)> done) {
  asked.push_back({request.kind, request.resource.value, request.node, request.force, request.on, done});
  mode = request.mode;
  if (answer) done(*answer);
}

api::Preview FakeService::preview(const Request& request) {
  const core::Preview found = core::preview(sample.state, request);
  return api::make_preview(sample.state, found.refused, found.operations, found.decisions);
}

std::vector<api::DecisionRecord> takeover_story() {
  const auto config = sample_config();
  const Epoch epoch{beta, 3, 5};
  const auto at = [](std::int64_t millis) { return WallTime{1769860800000 + millis}; };
  std::vector<api::DecisionRecord> story;
  const auto add = [&](std::int64_t millis, Decision decision) {
    story.push_back(api::make_record(*config, at(millis), epoch, decision));
  };
  add(0, {{}, alpha, Severity::error, 4001, {"N1", "alpha does not answer over any link: it failed", {}}});
  for (const char* name : {"web-ip", "web"})
    add(1, {ResourceName(name),
            beta,
            Severity::notify,
            4010,
            {"N4",
             std::string("alpha failed: ") + name + " goes to beta, the highest-priority live node",
             {{alpha, "it failed"}}}});
  add(2, {ResourceName("web"), beta, Severity::info, 4050, {"N4", "web is wanted on beta and web-ip runs there", {}}});
  return story;
}

void FakeService::notify(const std::vector<std::string>& names) {
  auto changed = std::make_shared<ClusterConfig>(*sample.state.config);
  for (const std::string& name : names) changed->notify.emplace_back().name = name;
  sample.state.config = changed;
}

bool FakeService::test_notify(std::vector<NotifyTarget> targets,
                              std::function<void(std::vector<api::NotifyTestResult>)> done) {
  if (testing) return false;
  std::vector<api::NotifyTestResult> results;
  for (const NotifyTarget& target : targets) {
    tested.push_back(target.name);
    const bool taken = target.name != "broken";
    results.push_back({target.name, std::string(name_of(target.by)), taken, taken ? "took it" : "nobody there"});
  }
  done(std::move(results));
  return true;
}

}  // namespace holdfast::test

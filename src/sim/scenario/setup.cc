#include "sim/scenario/setup.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/format.h"
#include "core/hierarchy.h"
#include "sim/scenario/settings.h"

namespace holdfast::sim {

namespace {

constexpr std::size_t most_nodes = 32;
constexpr std::size_t most_links = 8;

Millis millis(Micros time) { return std::chrono::duration_cast<Millis>(time); }

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 3> later_agents = {"disk", "replication", "filesystem"};

}  // namespace

Setup::Setup() : config_(std::make_shared<ClusterConfig>()) { config_->name = "scenario"; }

Setup::Setup(WorldSettings world)
    : config_(std::make_shared<ClusterConfig>(*world.config)), world_(std::move(world)), given_(true) {
  world_.config = config_;
  note_everything();
}

void Setup::cluster(LineReader& line) {
  if (has_cluster()) return line.fail("there is a cluster already");
  std::int64_t links = 2;
  std::set<std::string> names;
  while (!line.at_end()) {
    const std::string word = line.word("a node");
    if (word.starts_with("links=")) {
      const auto count = parse_number(std::string_view(word).substr(6));
      if (!count || *count < 1 || *count > static_cast<std::int64_t>(most_links))
        return line.fail(format("\"{}\": links are 1 to {}", word, most_links));
      links = *count;
    } else if (word.find('=') != std::string::npos) {
      return line.fail(format("\"{}\" is not a node; allowed: names and links=N", word));
    } else if (!names.insert(word).second) {
      return line.fail(format("node {} stands twice", word));
    } else {
      config_->nodes.push_back(NodeConfig{NodeId{static_cast<std::uint32_t>(names.size())}, word, {}});
    }
  }
  if (names.empty()) return line.fail("a cluster needs nodes");
  if (names.size() > most_nodes) return line.fail(format("a cluster has at most {} nodes", most_nodes));
  for (NodeConfig& n : config_->nodes)
    for (std::int64_t k = 1; k <= links; ++k) n.links.push_back(format("10.77.{}.{}", k, n.id.value));
  note_everything();
}

void Setup::set(LineReader& line) {
  do {
    if (const auto pair = line.key_value())
      if (!set_simulation_value(line, pair->first, pair->second)) set_cluster_value(line, pair->first, pair->second);
  } while (!line.at_end() && !line.error());
  if (live_) take_heartbeat(line);
}

bool Setup::set_simulation_value(LineReader& line, const std::string& key, const std::string& value) {
  if (key == "seed") {
    const auto seed = parse_number(value);
    if (!seed) line.fail(format("seed={} is not a number", value));
    world_.seed = static_cast<std::uint64_t>(seed.value_or(1));
  } else if (key == "weather") {
    if (value != "calm" && value != "rough") line.fail(format("weather={}; allowed: calm, rough", value));
    world_.weather = value == "rough" ? Weather::rough() : Weather::calm();
  } else if (key == "daemon_restart") {
    world_.daemon_restart = parse_time(value);
    if (!world_.daemon_restart && value != "never")
      line.fail(format("daemon_restart={}; allowed: a time, or never", value));
  } else {
    return false;
  }
  return true;
}

void Setup::set_cluster_value(LineReader& line, const std::string& key, const std::string& value) {
  const auto time = parse_time(value);
  const auto need_time = [&] {
    if (!time) line.fail(format("{}={} is not a time; allowed: for example 300ms, 5s, 2m", key, value));
    return millis(time.value_or(Micros{0}));
  };
  if (key == "profile") {
    if (value != "linux" && value != "windows") line.fail(format("profile={}; allowed: linux, windows", value));
    config_->profile = value == "windows" ? Profile::windows_like : Profile::linux_like;
  } else if (key == "detection") {
    if (value == "fast") config_->detection = {value, Millis{100}, Millis{200}, Millis{800}};
    if (value == "normal") config_->detection = {value, Millis{250}, Millis{200}, Millis{800}};
    if (value == "relaxed") config_->detection = {value, Millis{2200}, Millis{500}, Millis{4000}};
    if (value != config_->detection.name) line.fail(format("detection={}; allowed: fast, normal, relaxed", value));
  } else if (key == "heartbeat") {
    heartbeat_ = need_time();
  } else if (key == "misses") {
    misses_ = parse_number(value);
    if (!misses_ || *misses_ < 2 || *misses_ > 20) line.fail(format("misses={}; allowed: 2 to 20", value));
  } else if (key == "startup_wait") {
    config_->startup_wait = need_time();
  } else if (key == "daemon_grace") {
    config_->daemon_grace = need_time();
  } else if (const SettingResult taken = take_setting(*config_, key, value); taken.news == SettingNews::wrong) {
    line.fail(format("{}={}; allowed: {}", key, value, taken.allowed));
  } else if (taken.news == SettingNews::unknown) {
    line.fail(
        format("there is no setting {}; allowed: profile, detection, heartbeat, misses, startup_wait, daemon_grace, "
               "seed, weather, daemon_restart, {}",
               key, cluster_settings()));
  }
}

void Setup::resource(LineReader& line) {
  const std::string name = line.word("a name");
  ResourceConfig resource;
  resource.name = ResourceName{name};
  if (name.find('=') != std::string::npos) return line.fail("a resource needs a name before its settings");
  if (config_->resources.contains(resource.name)) return line.fail(format("there is a resource {} already", name));
  if (config_->node(name) != nullptr) return line.fail(format("{} is a node already", name));
  for (const NodeConfig& n : config_->nodes) resource.nodes.push_back(n.id);
  while (!line.at_end() && !line.error())
    if (const auto pair = line.key_value()) resource_value(line, resource, pair->first, pair->second);
  if (resource.agent.empty()) line.fail(format("resource {} needs agent=KIND", name));
  if (!line.error()) config_->resources[resource.name] = std::move(resource);
  note_everything();
}

void Setup::resource_value(LineReader& line, ResourceConfig& resource, const std::string& key,
                           const std::string& value) {
  if (key == "agent") {
    if (one_of(later_agents, value)) return line.fail(format("agent={} is not supported yet", value));
    const bool known = value == "ip" || value == "process" || value == "script" || value.starts_with("ocf:");
    if (!known) return line.fail(format("agent={}; allowed: ip, process, script, ocf:...", value));
    resource.agent = value;
    if (value == "ip") world_.times[resource.name].start = Micros{6000};
    if (value == "ip") world_.times[resource.name].stop = Micros{2000};
  } else if (key == "depends_on") {
    depends_on(line, resource, value);
  } else if (key == "nodes") {
    on_nodes(line, resource, value);
  } else if (const SettingResult taken = take_setting(resource, key, value); taken.news == SettingNews::wrong) {
    line.fail(format("{}={}; allowed: {}", key, value, taken.allowed));
  } else if (taken.news == SettingNews::unknown && !resource_time(line, resource, key, value)) {
    line.fail(
        format("a resource has no {}; allowed: agent, depends_on, nodes, start_time, stop_time, recover_time, "
               "start_timeout, stop_timeout, monitor_timeout, monitor_timeouts, {}",
               key, resource_settings()));
  }
}

bool Setup::resource_time(LineReader& line, ResourceConfig& resource, const std::string& key,
                          const std::string& value) {
  if (key == "monitor_timeouts") {
    const auto count = parse_number(value);
    if (!count || *count < 1 || *count > 100) line.fail(format("monitor_timeouts={}; allowed: 1 to 100", value));
    resource.monitor_timeouts = static_cast<std::uint32_t>(count.value_or(2));
    return true;
  }
  const auto time = parse_time(value);
  const Micros micros = time.value_or(Micros{0});
  if (key == "start_time") {
    world_.times[resource.name].start = micros;
  } else if (key == "stop_time") {
    world_.times[resource.name].stop = micros;
  } else if (key == "recover_time") {
    world_.times[resource.name].recover = micros;
  } else if (key == "start_timeout") {
    resource.timeouts.start = millis(micros);
  } else if (key == "stop_timeout") {
    resource.timeouts.stop = millis(micros);
  } else if (key == "monitor_timeout") {
    resource.timeouts.monitor = millis(micros);
  } else {
    return false;
  }
  if (!time) line.fail(format("{}={} is not a time; allowed: for example 300ms, 5s, 2m", key, value));
  return true;
}

void Setup::depends_on(LineReader& line, ResourceConfig& resource, const std::string& value) {
  for (const std::string& name : split_at(value, ',')) {
    if (!config_->resources.contains(ResourceName{name}))
      return line.fail(format("depends_on: there is no resource \"{}\" above this line", name));
    resource.depends_on.emplace_back(name);
  }
}

void Setup::on_nodes(LineReader& line, ResourceConfig& resource, const std::string& value) {
  resource.nodes.clear();
  for (const std::string& name : split_at(value, ',')) {
    const NodeConfig* node = config_->node(name);
    if (node == nullptr) return line.fail(format("nodes: \"{}\" is not a node", name));
    if (std::find(resource.nodes.begin(), resource.nodes.end(), node->id) != resource.nodes.end())
      return line.fail(format("nodes: {} stands twice", name));
    resource.nodes.push_back(node->id);
  }
}

void Setup::node(LineReader& line) {
  const NodeId id = line.node();
  const auto found =
      std::find_if(config_->nodes.begin(), config_->nodes.end(), [&](const NodeConfig& n) { return n.id == id; });
  while (found != config_->nodes.end() && !line.at_end() && !line.error()) {
    const auto pair = line.key_value();
    if (!pair) return;
    if (pair->first == "speaks") {
      const Result<wire::Speech> speech = wire::speech_from(pair->second);
      if (!speech) return line.fail("speaks=" + speech.error().text);
      world_.speech[id] = *speech;
      continue;
    }
    const SettingResult taken = take_setting(*found, pair->first, pair->second);
    if (taken.news == SettingNews::wrong)
      line.fail(format("{}={}; allowed: {}", pair->first, pair->second, taken.allowed));
    if (taken.news == SettingNews::unknown)
      line.fail(format("a node has no {}; allowed: speaks, {}", pair->first, node_settings()));
  }
}

std::optional<std::string> Setup::finish() {
  if (!has_cluster()) return "a scenario begins with a line: cluster NODE...";
  if (heartbeat_.has_value() != misses_.has_value()) return "set needs heartbeat and misses together";
  if (heartbeat_) {  // engine.md 2.3
    const Millis interval = millis(*heartbeat_);
    const Millis silence = interval * *misses_;
    if (interval < Millis{50} || silence < Millis{200}) return "heartbeat x misses is too short; at least 50ms x 4";
    config_->detection = {"custom", Millis{silence.count() * 10 / 22}, interval, silence};
  }
  if (!live_) world_.config = std::make_shared<const ClusterConfig>(*config_);
  note_everything();
  world_.everything = everything_;
  for (const Hierarchy& h : core::hierarchies_of(*world_.config).all) {
    std::vector<NodeId> shared = world_.config->resources.at(h.resources.front()).nodes;
    for (const ResourceName& name : h.resources) {
      const auto& nodes = world_.config->resources.at(name).nodes;
      std::erase_if(shared, [&](NodeId n) { return std::find(nodes.begin(), nodes.end(), n) == nodes.end(); });
    }
    if (shared.empty()) return format("the hierarchy of {} has no node in common (R3)", h.name);
  }
  return std::nullopt;
}

}  // namespace holdfast::sim

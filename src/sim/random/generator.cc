#include "sim/random/generator.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "base/format.h"
#include "base/random.h"
#include "sim/random/generator_guards.h"
#include "sim/random/generator_live.h"
#include "sim/random/line.h"
#include "sim/scenario/line_reader.h"

namespace holdfast::sim {

namespace {

class Generator {
 public:
  Generator(std::uint64_t seed, std::optional<std::uint32_t> nodes, Micros length, Faults faults)
      : random_(seed), length_(length.count()), faults_(faults), count_(nodes ? *nodes : any_count()) {}

  RandomScenario make(std::uint64_t seed) {
    describe_cluster(seed);
    describe_resources();
    for (const std::string& top : tops_) middle({"start {} on {}", top, node()});
    middle({"run until stable"});
    if (faults_ == Faults::poor_network) spoil_network();
    if (faults_ == Faults::all && !one_is_older_) choose_changes();
    const std::int64_t mean_gap = std::max<std::int64_t>(length_ / random_.between(4, 40), 1000);
    while (spent_ < length_) {
      something();
      pass(random_.chance(40) ? random_.between(1000, 3000000) : random_.between(1000, 2 * mean_gap));
    }
    end_all();
    return std::move(result_);
  }

 private:
  void middle(Line line) { result_.middle.push_back(std::move(line.text)); }
  void setup(Line line) { result_.setup.push_back(std::move(line.text)); }
  /// Mostly small: there each fault matters, and more of them are played in the same time.
  std::uint32_t any_count() {
    const std::int64_t most = random_.chance(85) ? 4 : 8;
    return static_cast<std::uint32_t>(random_.between(2, most));
  }
  std::string node() { return std::string(node_names[static_cast<std::size_t>(random_.between(0, count_ - 1))]); }
  std::string resource() { return format("r{}", random_.between(1, static_cast<std::int64_t>(resources_))); }
  void all_of(std::vector<std::string> lines) {
    for (const std::string& line : lines)
      if (line.starts_with("run ")) spent_ += parse_time(std::string_view(line).substr(4)).value_or(Micros{0}).count();
    std::move(lines.begin(), lines.end(), std::back_inserter(result_.middle));
  }

  void pass(std::int64_t micros) {
    spent_ += micros;
    middle({"run {}us", micros});
  }

  void describe_cluster(std::uint64_t seed) {
    std::string line = "cluster";
    for (std::uint32_t i = 0; i < count_; ++i) line += format(" {}", node_names[i]);
    if (random_.chance(25)) line += format(" links={}", random_.between(1, 3));
    result_.setup.push_back(line);
    live_.file().nodes.assign(node_names.begin(), node_names.begin() + count_);
    setup({"set seed={} weather=rough profile={} detection={}", seed, random_.chance(50) ? "linux" : "windows",
           std::array{"fast", "normal", "normal", "relaxed"}[random_.next() % 4]});
    one_is_older_ = random_.chance(20);
    if (one_is_older_) setup({"node {} speaks=1-1/1", node()});
    setup({"set switchback_delay={}s failover_limit={}", random_.between(1, 60), random_.between(1, 4)});
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (random_.chance(10)) setup({"node {} block_resource_failover=yes", node_names[i]});
      if (random_.chance(20)) setup({"node {} shutdown_strategy=switchover", node_names[i]});
    }
    if (random_.chance(10))
      setup({"set confirm_timeout={}s confirm_default={}", random_.between(1, 30),
             random_.chance(70) ? "proceed" : "block"});
    if (random_.chance(15)) setup({"node {} confirm_failover=yes", node()});
    if (faults_ == Faults::poor_network) return;
    for (std::string& guard : guards_.describe()) result_.setup.push_back(std::move(guard));
  }

  void describe_resources() {
    const std::int64_t dice = random_.between(1, 100);
    resources_ = static_cast<std::size_t>(dice <= 70   ? random_.between(1, 6)
                                          : dice <= 97 ? random_.between(7, 20)
                                                       : random_.between(21, 60));
    std::set<std::string> used;
    std::string nodes;
    for (std::size_t i = 1; i <= resources_; ++i) {
      std::string line = format("resource r{} agent={}", i, std::array{"ip", "process", "script"}[random_.next() % 3]);
      std::set<std::size_t> below;
      for (int k = 0; k < 3 && i > 1; ++k)
        if (random_.chance(resources_ > 20 ? 15 : 35))
          below.insert(static_cast<std::size_t>(random_.between(1, static_cast<std::int64_t>(i) - 1)));
      std::string list;
      for (const std::size_t b : below) {
        list += format("{}r{}", list.empty() ? "" : ",", b);
        used.insert(format("r{}", b));
      }
      if (!list.empty()) line += " depends_on=" + list;
      if (random_.chance(40)) line += format(" start_time={}ms", random_.between(1, 3000));
      if (random_.chance(30)) line += format(" stop_time={}ms", random_.between(1, 3000));
      line += " start_timeout=10s stop_timeout=10s monitor_timeout=5s recover_timeout=10s";
      line += policies();
      live_.file().resources[i].below = std::move(below);
      result_.setup.push_back(line + order_of_nodes(live_.file().resources[i].nodes));
    }
    for (std::size_t i = 1; i <= resources_; ++i)
      if (!used.contains(format("r{}", i))) tops_.push_back(format("r{}", i));
  }

  /// What failures in service lead to (F5 to F7, S5, F4, O3).
  std::string policies() {
    std::string text;
    if (random_.chance(20)) text += " local_recovery=no";
    if (random_.chance(10)) text += " failover=no";
    if (random_.chance(5)) text += " notify_only=yes";
    if (random_.chance(20)) text += format(" recovery_limit={}/60s", random_.between(1, 3));
    if (random_.chance(30)) text += " on_start_failure=next-node";
    if (random_.chance(15)) text += " switchback=automatic";
    if (random_.chance(20)) text += format(" recover_time={}ms", random_.between(1, 3000));
    return text;
  }

  /// All nodes, in a random order: hierarchies grow together at random, and must have a node in common.
  std::string order_of_nodes(std::vector<std::string>& order) {
    order.assign(node_names.begin(), node_names.begin() + count_);
    if (random_.chance(50)) return "";
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(i) - 1))]);
    std::string text = " nodes=";
    for (const std::string& n : order) text += (text.back() == '=' ? "" : ",") + n;
    return text;
  }

  void spoil_network() {
    for (std::uint32_t a = 0; a < count_; ++a)
      for (std::uint32_t b = a + 1; b < count_; ++b) {
        middle({"lossy {} {} 5%", node_names[a], node_names[b]});
        middle({"jitter {} {} 200ms", node_names[a], node_names[b]});
      }
  }

  void something() {
    if (faults_ == Faults::poor_network) return operator_asks();
    if (random_.chance(changes_)) return all_of(live_.change());
    const std::int64_t dice = random_.between(1, 100);
    if (dice <= 22 || result_.quiet) return operator_asks();
    if (dice <= 42) return node_fails();
    if (dice <= 58) return daemon_fails();
    if (dice <= 80) return network_fails();
    const std::string guard = dice <= 84 ? guards_.fault() : "";
    if (!guard.empty()) return result_.middle.push_back(guard);
    service_fails();
  }

  void operator_asks() {
    const std::int64_t dice = random_.between(1, 12);
    if (dice == 10) return maintain();
    if (dice == 11) return middle({"confirm {} {}", node(), random_.chance(70) ? "yes" : "no"});
    if (dice == 12) return middle({"resolve {} to {}", resource(), node()});
    if (dice <= 3) return middle({"start {} on {}", resource(), node()});
    if (dice <= 6) return middle({"switchover {} to {}{}", resource(), node(), random_.chance(15) ? " force" : ""});
    middle({"stop {}{}", resource(), random_.chance(30) ? " on " + node() : ""});
  }

  /// An older build takes no configuration from others: there are none with it, an operator would have to copy the
  /// file. Where nothing else happens than what operators do, no node may be taken for failed.
  void choose_changes() {
    const std::int64_t dice = random_.between(1, 100);
    result_.quiet = dice <= 6;
    if (result_.quiet) live_.nobody_leaves();
    changes_ = dice <= 6 ? 50 : dice <= 16 ? 30 : 5;
  }

  void maintain() {
    const std::string what = random_.chance(30) ? "" : random_.chance(50) ? " " + node() : " " + resource();
    const bool on = maintained_.insert(what).second || random_.chance(30);
    middle({"maintenance {}{}", on ? "on" : "off", what});
  }

  void node_fails() {
    const bool boot = !down_.empty() && random_.chance(60);
    if (boot) {
      const std::string which = *down_.begin();
      down_.erase(down_.begin());
      return middle({"boot {}", which});
    }
    const std::string which = node();
    if (random_.chance(15)) {
      middle({"stop-node {}{}", which, random_.chance(50) ? " keep-resources" : ""});
    } else {
      middle({"crash {}", which});
    }
    down_.insert(which);
  }

  void daemon_fails() {
    const std::string which = node();
    switch (random_.between(1, 6)) {
      case 1:
        return middle({"pause {} {}us", which, random_.between(10000, 8000000)});
      case 2:
        return middle({"pause-daemon {} {}us", which, random_.between(10000, 20000000)});
      case 3:
        return middle({"kill-engine {}", which});
      case 4:
        return middle({"disk {} {}", which, std::array{"full", "hangs", "ok"}[random_.next() % 3]});
      case 5:
        return middle({"clock {} {} {}s", which, random_.chance(50) ? "ahead" : "behind", random_.between(1, 7200)});
      default:
        return middle({"kill-daemon {}", which});
    }
  }

  void network_fails() {
    const std::string a = node();
    std::string b = node();
    while (a == b) b = node();
    const std::int64_t dice = random_.between(1, 10);
    if (dice <= 2) return middle({"cut {} {}{}", a, b, random_.chance(30) ? " oneway" : ""});
    if (dice <= 3) return middle({"cut {} {} link 0{}", a, b, random_.chance(30) ? " oneway" : ""});
    if (dice <= 5) return middle({"isolate {}", a});
    if (dice <= 6 && random_.chance(30)) return middle({"close-port {} {}", a, b});
    if (dice <= 6) return middle({"lossy {} {} {}%", a, b, random_.between(1, 60)});
    if (dice <= 7) return middle({"delay {} {} {}ms", a, b, random_.between(1, 40)});
    if (dice <= 8) return middle({"heal {} {}", a, b});
    middle({"heal all"});
  }

  void service_fails() {
    const std::string operation = std::array{"start", "stop", "monitor", "recover"}[random_.next() % 4];
    const std::string place = Line{"{} on {}", resource(), node()}.text;
    switch (random_.between(1, 4)) {
      case 1:
        return middle({"die {}", place});
      case 2:
        troubled_.insert(place + " " + operation);
        return middle({"fail {} {} times {}", place, operation, random_.between(1, 3)});
      case 3:
        troubled_.insert(place + " " + operation);
        return middle({"hang {} {} {}ms", place, operation, random_.between(100, 20000)});
      default:
        return middle({"succeed {} {}", place, operation});
    }
  }

  void end_all() {
    std::vector<std::string>& end = result_.end;
    end.push_back("heal all");
    for (std::uint32_t i = 0; i < count_; ++i) {
      end.push_back(format("disk {} ok", node_names[i]));
    }
    for (std::string& line : guards_.end()) end.push_back(std::move(line));
    for (const std::string& place : troubled_) end.push_back("succeed " + place);
    end.push_back("run 30s");  // pauses, restarts and hanging agents end
    // Twice: who comes up first may be fenced, or end itself for want of quorum, before the others are there.
    for (std::uint32_t i = 0; i < count_; ++i) end.push_back(format("boot {}", node_names[i]));
    end.push_back("run 30s");
    for (std::uint32_t i = 0; i < count_; ++i) end.push_back(format("boot {}", node_names[i]));
    end.push_back("run 30s");
    for (const std::string& what : maintained_) end.push_back("maintenance off" + what);
    if (!maintained_.empty()) {  // a node that was told to leave meanwhile leaves now
      end.push_back("run 30s");
      for (std::uint32_t i = 0; i < count_; ++i) end.push_back(format("boot {}", node_names[i]));
      end.push_back("run 30s");
    }
    end.push_back("run until stable");
  }

  Random random_;
  std::int64_t length_;
  Faults faults_;
  std::int64_t spent_ = 0;
  std::uint32_t count_;
  GuardGenerator guards_{random_, count_};
  std::size_t resources_ = 1;
  std::vector<std::string> tops_;
  LiveGenerator live_{random_, guards_, count_, resources_};
  int changes_ = 0;  ///< per cent of what happens
  bool one_is_older_ = false;
  std::set<std::string> down_;
  std::set<std::string> troubled_;    ///< whose agents fail or hang
  std::set<std::string> maintained_;  ///< at some time: a request to end it may have found no daemon
  RandomScenario result_;
};

}  // namespace

std::string RandomScenario::text() const {
  std::string text;
  for (const auto* part : {&setup, &middle, &end})
    for (const std::string& line : *part) text += line + "\n";
  return text;
}

RandomScenario random_scenario(std::uint64_t seed, std::optional<std::uint32_t> nodes, Micros length, Faults faults) {
  // Neighbouring seeds shall have nothing in common.
  return Generator(Random(seed * 7919 + 17).next(), nodes, length, faults).make(seed);
}

}  // namespace holdfast::sim

#include "simulate/matrix.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "base/format.h"
#include "simulate/alike.h"

namespace holdfast::simulate {

namespace {

std::vector<Damage> damage_of(const Driver& driver) {
  std::vector<Damage> all;
  for (std::size_t i = 0; i < driver.resources().size(); ++i) {
    const ResourceRun& run = driver.resources()[i];
    Damage damage{i, run.longest, run.never_comes_back(), run.twice};
    if (damage.never_comes_back) damage.outage = Micros{0};
    if (damage.outage.count() != 0 || damage.never_comes_back || damage.twice) all.push_back(damage);
  }
  return all;
}

/// The worse of both for every resource: what two faults do that have nothing to do with each other. All ascending.
std::vector<Damage> together(const std::vector<Damage>& a, const std::vector<Damage>& b) {
  std::vector<Damage> all;
  auto other = b.begin();
  for (const Damage& d : a) {
    while (other != b.end() && other->place < d.place) all.push_back(*other++);
    all.push_back(d);
    if (other == b.end() || other->place != d.place) continue;
    all.back().never_comes_back = d.never_comes_back || other->never_comes_back;
    all.back().twice = d.twice || other->twice;
    all.back().outage = all.back().never_comes_back ? Micros{0} : std::max(d.outage, other->outage);
    ++other;
  }
  all.insert(all.end(), other, b.end());
  return all;
}

/// A fault alone, and where a second one begins.
struct First {
  std::vector<Damage> damage;
  Micros begun{0};
  Micros middle{0};
  Driver at_rest;
};

First play_first(const Driver& begin, const Fault& fault) {
  Driver driver = begin;
  driver.inject(fault);
  driver.run_to_rest();
  const Micros changed = driver.last_change() - begin.now();
  return {damage_of(driver), begin.now(), begin.now() + changed * 3 / 4, std::move(driver)};
}

std::vector<Damage> play_second(Driver driver, const Fault& fault) {
  driver.inject(fault);
  driver.run_to_rest();
  return damage_of(driver);
}

/// Runs `work(0)` to `work(count - 1)`, each once, on some threads.
template <class Work>
void in_parallel(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (unsigned t = 1; t < threads; ++t) others.emplace_back(run);
  run();
  for (std::thread& t : others) t.join();
}

/// One part of the cluster in which faults can act on each other, and its faults as indices of the matrix's.
struct Part {
  Present present;
  std::vector<std::size_t> faults;
  std::vector<std::size_t> places;  ///< of its resources in the whole configuration
};

/// What was played before, by what is alike (places within the hierarchy); one per first fault, so that no two threads
/// ever use the same.
using Played = std::map<std::string, std::vector<Damage>>;

/// What both timings of every second fault do to one part after one first fault.
struct Pair {
  std::size_t second = 0;
  std::vector<Damage> at_rest;
  std::vector<Damage> meanwhile;
};

class Maker {
 public:
  Maker(const Present& present, unsigned threads) : present_(present), threads_(threads) {
    for (const auto& [name, resource] : present.config->resources) matrix_.names.push_back(name);
  }

  Matrix make() {
    list_faults();
    play_singles();
    const std::size_t count = matrix_.faults.size();
    damage_.resize(node_faults_ * node_faults_);
    for (const Part& part : list_parts()) play_pairs(part);
    add_node_pairs();
    matrix_.pairs_total = 2 * count * count;
    return std::move(matrix_);
  }

 private:
  bool touches_nodes(std::size_t fault) const { return fault < node_faults_; }

  void list_faults() {
    std::vector<Fault>& faults = matrix_.faults;
    for (const NodeId node : present_.state.members) faults.push_back({FaultKind::node_dies, {node}});
    if (present_.state.members.size() > 1)
      for (const NodeId node : present_.state.members) faults.push_back({FaultKind::node_isolated, {node}});
    for (std::uint32_t k = 0; k < present_.config->nodes.front().links.size(); ++k)
      faults.push_back({FaultKind::link_fails, {}, LinkIndex{k}});
    node_faults_ = faults.size();
    for (const ResourceName& name : matrix_.names) faults.push_back({FaultKind::resource_fails, {}, {}, name});
  }

  /// In the whole cluster.
  void play_singles() {
    matrix_.singles.resize(matrix_.faults.size());
    const Driver expected(present_, Case::expected);
    const Driver worst(present_, Case::worst);
    in_parallel(matrix_.faults.size(), threads_, [&](std::size_t i) {
      const Fault& fault = matrix_.faults[i];
      matrix_.singles[i] = {i, i, When::alone, play_second(expected, fault), play_second(worst, fault)};
    });
    matrix_.simulated += 2 * matrix_.faults.size();
  }

  /// F2: hierarchies do not act on each other, so each is played by itself. Not with two nodes, where what all of them
  /// serve decides who fences first (G3).
  std::vector<Part> list_parts() const {
    std::vector<Part> parts;
    if (present_.config->nodes.size() <= 2) {
      parts.push_back({present_, {}, {}});
      for (std::size_t i = 0; i < matrix_.faults.size(); ++i) parts[0].faults.push_back(i);
      for (std::size_t i = 0; i < matrix_.names.size(); ++i) parts[0].places.push_back(i);
      return parts;
    }
    for (const Hierarchy& hierarchy : present_.state.hierarchies->all) {
      Part part{reduced_to(present_, hierarchy), {}, {}};
      for (std::size_t i = 0; i < node_faults_; ++i) part.faults.push_back(i);
      for (std::size_t i = 0; i < matrix_.names.size(); ++i) {
        if (!part.present.config->resources.contains(matrix_.names[i])) continue;
        part.places.push_back(i);
        part.faults.push_back(node_faults_ + i);
      }
      parts.push_back(std::move(part));
    }
    return parts;
  }

  void play_pairs(const Part& part) {
    const Driver begin(part.present, Case::expected);
    const bool single = part.present.state.hierarchies->all.size() == 1;
    const Likeness likeness(part.present);
    if (played_.size() < part.faults.size()) played_.resize(part.faults.size());
    std::vector<std::vector<Pair>> found(part.faults.size());
    in_parallel(part.faults.size(), threads_, [&](std::size_t i) {
      found[i] = play_after(part, begin, part.faults[i], single ? &likeness : nullptr, played_[i]);
    });
    for (std::size_t i = 0; i < found.size(); ++i)
      for (Pair& pair : found[i]) take(part, part.faults[i], std::move(pair));
  }

  std::vector<Pair> play_after(const Part& part, const Driver& begin, std::size_t first, const Likeness* likeness,
                               Played& played) {
    std::vector<Pair> pairs;
    std::optional<First> alone;
    std::optional<Driver> middle;
    for (const std::size_t second : part.faults) {
      const Fault& a = matrix_.faults[first];
      const Fault& b = matrix_.faults[second];
      const std::string other = touches_nodes(second) ? format("{}", second) : "r";
      const std::string key = likeness == nullptr ? "" : format("{}#{}", other, likeness->under(a, b));
      if (const auto known = played.find(key + "1"); likeness != nullptr && known != played.end()) {
        pairs.push_back({second, known->second, played[key + "2"]});
        continue;
      }
      if (!alone) {
        alone = play_first(begin, a);
        middle = begin;
        middle->inject(a);
        middle->run_until(alone->middle);
      }
      simulated_ += 2;
      pairs.push_back({second, play_second(alone->at_rest, b), play_second(*middle, b)});
      if (likeness == nullptr) continue;
      played[key + "1"] = pairs.back().at_rest;
      played[key + "2"] = pairs.back().meanwhile;
    }
    return pairs;
  }

  /// Pairs of nodes' and links' faults are collected over all parts; others concern one part only.
  void take(const Part& part, std::size_t first, Pair pair) {
    const auto placed = [&](std::vector<Damage>& damage) {
      for (Damage& d : damage) d.place = part.places[d.place];
    };
    placed(pair.at_rest);
    placed(pair.meanwhile);
    if (touches_nodes(first) && touches_nodes(pair.second)) {
      Pair& all = damage_[first * node_faults_ + pair.second];
      all.at_rest.insert(all.at_rest.end(), pair.at_rest.begin(), pair.at_rest.end());
      all.meanwhile.insert(all.meanwhile.end(), pair.meanwhile.begin(), pair.meanwhile.end());
      return;
    }
    pairs_played_ += 2;
    add({first, pair.second, When::at_rest, std::move(pair.at_rest), {}}, &part);
    add({first, pair.second, When::meanwhile, std::move(pair.meanwhile), {}}, &part);
  }

  void add_node_pairs() {
    for (std::size_t first = 0; first < node_faults_; ++first)
      for (std::size_t second = 0; second < node_faults_; ++second) {
        Pair& pair = damage_[first * node_faults_ + second];
        pairs_played_ += 2;
        add({first, second, When::at_rest, std::move(pair.at_rest), {}}, nullptr);
        add({first, second, When::meanwhile, std::move(pair.meanwhile), {}}, nullptr);
      }
    const std::size_t count = matrix_.faults.size();
    matrix_.pairs_independent = 2 * count * count - pairs_played_;
    matrix_.simulated += simulated_;
  }

  /// Only what is more than the two single faults. `part`: none if the row speaks of the whole cluster.
  void add(Row row, const Part* part) {
    const auto by_place = [](const Damage& x, const Damage& y) { return x.place < y.place; };
    std::sort(row.damage.begin(), row.damage.end(), by_place);
    const std::vector<Damage> sum = together(matrix_.singles[row.first].damage, matrix_.singles[row.second].damage);
    const bool more = std::any_of(row.damage.begin(), row.damage.end(), [&](const Damage& d) {
      const auto known = std::lower_bound(sum.begin(), sum.end(), d, by_place);
      if (known == sum.end() || known->place != d.place) return true;
      return (d.twice && !known->twice) || (d.never_comes_back && !known->never_comes_back) ||
             (!known->never_comes_back && d.outage > known->outage + Micros{10'000});
    });
    if (!more) return;
    if (part != nullptr) {  // the rest of the cluster suffers what the single faults do to it
      for (const Damage& d : sum)
        if (std::find(part->places.begin(), part->places.end(), d.place) == part->places.end()) row.damage.push_back(d);
      std::sort(row.damage.begin(), row.damage.end(), by_place);
    }
    matrix_.pairs.push_back(std::move(row));
  }

  const Present& present_;
  unsigned threads_;
  Matrix matrix_;
  std::size_t node_faults_ = 0;
  std::size_t pairs_played_ = 0;
  std::atomic<std::size_t> simulated_{0};
  std::vector<Pair> damage_;  ///< of pairs of nodes' and links' faults
  std::vector<Played> played_;
};

}  // namespace

std::size_t Row::never() const {
  return static_cast<std::size_t>(
      std::count_if(damage.begin(), damage.end(), [](const Damage& d) { return d.never_comes_back; }));
}

std::size_t Row::twice() const {
  return static_cast<std::size_t>(std::count_if(damage.begin(), damage.end(), [](const Damage& d) { return d.twice; }));
}

Micros Row::longest() const {
  Micros longest{0};
  for (const Damage& d : damage) longest = std::max(longest, d.outage);
  return longest;
}

Matrix make_matrix(const Present& present, unsigned threads) {
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  return Maker(present, threads).make();
}

std::vector<const Row*> worst_first(const Matrix& matrix) {
  std::vector<const Row*> rows;
  for (const Row& row : matrix.singles) rows.push_back(&row);
  for (const Row& row : matrix.pairs) rows.push_back(&row);
  const auto weight = [](const Row& row) {
    return std::tuple(row.twice(), row.never(), row.longest().count(), row.damage.size());
  };
  std::stable_sort(rows.begin(), rows.end(), [&](const Row* a, const Row* b) { return weight(*a) > weight(*b); });
  return rows;
}

}  // namespace holdfast::simulate

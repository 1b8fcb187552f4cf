// The lines that describe the cluster: cluster, set, resource, node; and those that change it while it runs.
#pragma once

#include "sim/scenario/line_reader.h"
#include "sim/scenario/scenario.h"

namespace holdfast::sim {

/// Collects the description; finished() gives the world to simulate.
class Setup {
 public:
  Setup();
  /// The cluster is given; nothing may be added.
  explicit Setup(WorldSettings world);
  bool is_given() const { return given_; }
  const ClusterConfig& config() const { return *config_; }
  /// Every node, link and resource that any line has named.
  const ClusterConfig& everything() const { return *everything_; }
  bool has_cluster() const { return !config_->nodes.empty(); }

  void cluster(LineReader& line);
  void set(LineReader& line);
  void resource(LineReader& line);
  void node(LineReader& line);
  /// A line of an operator's edit of the configuration while the cluster runs (V9). `order` collects the edit.
  void live(LineReader& line, const std::string& word, ConfigOrder& order);
  /// What is still wrong with the whole, or nothing.
  std::optional<std::string> finish();
  const WorldSettings& world() const { return world_; }

 private:
  void change_resource(LineReader& line);
  void edit(LineReader& line, ConfigOrder& order);
  void edit_nodes(LineReader& line, bool add);
  void edit_links(LineReader& line);
  void take_heartbeat(LineReader& line);
  void note_everything();
  void set_cluster_value(LineReader& line, const std::string& key, const std::string& value);
  bool set_simulation_value(LineReader& line, const std::string& key, const std::string& value);
  void resource_value(LineReader& line, ResourceConfig& resource, const std::string& key, const std::string& value);
  bool resource_time(LineReader& line, ResourceConfig& resource, const std::string& key, const std::string& value);
  void depends_on(LineReader& line, ResourceConfig& resource, const std::string& value);
  void on_nodes(LineReader& line, ResourceConfig& resource, const std::string& value);

  std::shared_ptr<ClusterConfig> config_;                                          ///< as the lines so far say
  std::shared_ptr<ClusterConfig> everything_ = std::make_shared<ClusterConfig>();  ///< ever
  ConfigPatch last_edit_;
  bool live_ = false;
  WorldSettings world_;
  bool given_ = false;
  std::optional<Micros> heartbeat_;
  std::optional<std::int64_t> misses_;
};

}  // namespace holdfast::sim

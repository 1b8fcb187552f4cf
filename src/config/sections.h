// The tables of the file, each read by its own unit; then what can only be judged by looking at several of them.
#pragma once

#include "config/document.h"
#include "config/draft.h"
#include "config/table_reader.h"

namespace holdfast::config {

// Each reads what is in `root` into `draft` and says what is wrong with it.
void read_cluster(const Value& root, Draft& draft, Problems& problems);
void read_nodes(const Value& root, Draft& draft, Problems& problems);
/// After read_nodes: resources name nodes.
void read_resources(const Value& root, Draft& draft, Problems& problems);
void read_notify(const Value& root, Draft& draft, Problems& problems);
/// What [cluster] says of quorum, watchdog and fencing (G1 to G5).
void read_guards(TableReader& reader, ClusterConfig& out, Problems& problems);
/// The key `fence` of a node (G3).
void read_fence_levels(TableReader& reader, NodeConfig& out, Problems& problems);
/// local_recovery, failover, notify_only of a node or resource (F6).
void read_policy(TableReader& reader, Policy& out);
/// The table `parameters` of a resource.
void read_parameters(const Member& parameters, DraftResource& resource, Problems& problems);

/// The tables of `[[key]]`, or none with the reason said: another kind of value, a table in single brackets.
std::vector<const Value*> array_of_tables(const Value& root, std::string_view key, Problems& problems);

/// How many nodes, how many links on each, their families and addresses, ports (L1).
void check_nodes(const Draft& draft, Problems& problems);
/// Names that stand twice, unknown dependencies, cycles, hierarchies without a common node (R3).
void check_dependencies(const Draft& draft, Problems& problems);
/// Two that claim the same address, device or mount point (R3).
void check_claims(const Draft& draft, Problems& problems);
/// Guards that contradict each other or have no effect (G1 to G5), policies likewise (F4, F6, N6).
void check_guards(const Draft& draft, Problems& problems);
/// What can be used but is likely not meant: a single link, links in one subnet (L1), a short start-up wait, a resource
/// that has nowhere to go.
void check_likely_mistakes(const Draft& draft, Problems& problems);

/// When a silent node is known to be dead: token and consensus, 2.2 times the token (L6, engine.md 2.9).
Millis known_within(const Detection& detection);

}  // namespace holdfast::config

// The configuration while it is checked: what could be read, and where it stands, so that a message about two things
// can name both places.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/address.h"
#include "config/problems.h"
#include "model/config.h"

namespace holdfast::config {

struct DraftLink {
  std::string text;
  Place place;
  std::optional<IpAddress> address;  ///< none: it was refused
};

struct DraftNode {
  std::string name;   ///< empty: it was refused
  std::string shown;  ///< for messages: node "alpha"
  Place place;        ///< of the name, else of the table
  Place links_place;
  std::vector<DraftLink> links;
  bool links_known = false;
  NodeConfig config = {};  ///< its guards and policies; id, name and links are filled in at the end
  std::uint32_t id = 0;    ///< for ever; as given, else the place among the nodes, from 1
  Place id_place;          ///< of the given one, else of the name
};

struct DraftDependency {
  ResourceName name;
  Place place;
};

struct DraftParameter {
  std::string value;  ///< as the agent gets it
  Place place;
};

struct DraftResource {
  ResourceConfig config;
  std::string shown;  ///< for messages: resource "web"
  Place place;        ///< of the name, else of the table
  Place nodes_place;
  std::vector<DraftDependency> depends_on;
  std::map<std::string, DraftParameter> parameters;
  bool limits_recovery = false;  ///< recovery_limit is given
  bool nodes_known = true;       ///< false: the list was refused, so nothing can be said of it
};

struct Draft {
  ClusterConfig settings;  ///< of [cluster] and [[notify]] only
  Place cluster_place;
  std::map<std::string, Place> given;  ///< the keys of [cluster] and where their values stand
  std::vector<DraftNode> nodes;
  std::vector<DraftResource> resources;

  /// Of a key of [cluster]; of the table if the key is not given.
  Place place_of(const std::string& key) const {
    const auto found = given.find(key);
    return found == given.end() ? cluster_place : found->second;
  }
};

}  // namespace holdfast::config

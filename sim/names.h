// The names of the simulated disk: as processes see them, as the platter has them, and the changes
// in between, of which a crash keeps all, none, the first few, or any that fit together.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/platter.h"

namespace restante::sim {

struct Process;

/// A file or a directory.
struct Node {
  struct Lock {
    const void* file;
    const Process* process;
    std::uint64_t offset;
    std::uint64_t bytes;
  };
  std::string name;  ///< The last that it got.
  bool directory = false;
  std::uint64_t inode = 0;
  std::uint64_t links = 1;
  Platter platter;
  std::vector<Lock> locks;
};
using NodePtr = std::shared_ptr<Node>;

std::string parent_of(const std::string& path);

class Names {
 public:
  using Map = std::map<std::string, NodePtr>;

  [[nodiscard]] NodePtr find(const std::string& path) const;
  [[nodiscard]] bool has_directory(const std::string& path) const;
  [[nodiscard]] const Map& all() const { return visible_; }

  NodePtr create(const std::string& path, bool directory, std::uint64_t moment);
  void link(const std::string& from, const std::string& to, std::uint64_t moment);
  /// The node that `to` named before, if any.
  NodePtr rename(const std::string& from, const std::string& to, std::uint64_t moment);
  NodePtr remove(const std::string& path, std::uint64_t moment);

  void sync_all();
  void sync_directory(const std::string& path);
  /// The changes that gave this file its names.
  void sync_names_of(const Node& node);

  /// No power loss can make the name lead to another file, or to none.
  [[nodiscard]] bool is_durable(const std::string& path) const;
  /// How many changes are not durable.
  [[nodiscard]] std::size_t pending() const { return pending_.size(); }
  /// The names that a restart finds; the nodes are still the old ones.
  [[nodiscard]] Map after_crash(Survival survival, std::uint64_t moment, Rng& rng) const;
  void restart(Map names);

 private:
  /// `from` loses its name, `to` gets it; one of them may be empty.
  struct Change {
    std::string from;
    std::string to;
    NodePtr node;
    std::uint64_t moment;
  };
  void note(Change change);
  static bool apply(Map& names, const Change& change);

  Map visible_;
  Map durable_;
  std::vector<Change> pending_;
  std::uint64_t next_inode_ = 1;
};

}  // namespace restante::sim

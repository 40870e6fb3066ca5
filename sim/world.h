// One possible state of a maildrop: which views there are, and what each of them has. The rules of
// views (docs/devices.md) are said here a second time, as simply as possible.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "maildrop/view.h"

namespace restante::sim {

using maildrop::View;
using maildrop::ViewRole;
using MessageId = std::size_t;  ///< The place in Model::messages.

/// kUnseen: it was there before the view, which never sees it.
enum class Presence : std::uint8_t { kNever, kHere, kDeleted, kUnseen };
enum class Truth : std::uint8_t { kNo, kMaybe, kYes };

/// A moment that is known to lie between two others, both included.
struct Span {
  WallTime low = WallTime::min();
  WallTime high = WallTime::min();
  auto operator<=>(const Span&) const = default;
};

struct ViewState {
  std::string name;
  ViewRole role = ViewRole::kEach;
  bool of_device = false;
  bool of_copy = false;         ///< What it sees waits for a copy's target.
  Truth released = Truth::kNo;  ///< A full quota took what it holds.
  WallTime made{};
  Span used;                       ///< As it is recorded.
  std::vector<Presence> messages;  ///< By MessageId; what lies behind the end never was.
  auto operator<=>(const ViewState&) const = default;
};

struct World {
  std::map<View, ViewState> views = {{View::kDefault, {}}};  ///< Those that there are.
  std::uint32_t last_number = 0;                             ///< That was given to a view.
  std::set<MessageId> hidden;                                ///< In the trash, by a deletion there.
  std::set<MessageId> gone;                                  ///< Their bytes may be.
  auto operator<=>(const World&) const = default;

  [[nodiscard]] bool is_alone() const { return views.size() == 1; }
  [[nodiscard]] std::optional<View> find(const std::string& name) const;
  /// Of the default view at the earliest when another one was made: then it was in use.
  [[nodiscard]] Span used(View view) const;
  /// Some reader's view sees it.
  [[nodiscard]] bool is_seen(MessageId id) const;
  [[nodiscard]] bool is_of_copy(View view) const;
  [[nodiscard]] bool others_decide(View view) const;
};

Presence presence_in(const World& world, MessageId id, View view = View::kDefault);

/// Views that messages wait for: those that surely do, and those that may.
struct Holding {
  std::set<View> surely;
  std::set<View> perhaps;  ///< With the sure ones.
};
/// `expire`: after which time without use a view holds nothing.
Holding holding(const World& world, WallTime now, std::optional<std::chrono::seconds> expire);
/// A quota may take what it holds.
bool may_be_released(const World& world, View view, WallTime now);

/// One step, in force as a whole or not at all.
struct Change {
  enum class Kind : std::uint8_t { kDeliver, kDelete, kRestore, kMake, kEnd, kRole, kRelease };
  Kind kind = Kind::kDeliver;
  std::vector<MessageId> ids;  ///< kMake: those that are not too old for it.
  /// Refused with others, and cut off the log again, which a power loss may undo for some sectors:
  /// any part of it may be left, and whole messages behind it.
  bool in_pieces = false;
  View view = View::kDefault;
  bool everywhere = false;        ///< A deletion by retention.
  std::set<MessageId> for_all{};  ///< Of a copy's deletion: those that leave readers, too.
  maildrop::NewView made{};
  WallTime when{};
  std::vector<std::string> released{};  ///< Names.

  [[nodiscard]] bool is_of_views() const { return kind >= Kind::kMake; }
};

World with(World world, const Change& change);
/// Why a step about views must be refused in this world; nothing: it must not be.
std::optional<Errc> refusal_of(const World& world, const Change& change);
/// The number of the view that kMake makes, or finds.
View number_of(const World& world, const Change& change);

}  // namespace restante::sim

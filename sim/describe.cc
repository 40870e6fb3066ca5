#include "sim/describe.h"

namespace restante::sim {

namespace {

std::string describe(const Model& model, const World& world, View view) {
  std::string out;
  for (MessageId id = 0; id < model.messages.size(); ++id) {
    const MessageFacts& facts = model.messages[id];
    const Presence presence = presence_in(world, id, view);
    const bool unsure = facts.hit || facts.loose;
    if (presence == Presence::kNever && !unsure) continue;
    const bool is_here = presence == Presence::kHere;
    out += unsure ? " ?" : (is_here ? " " : (presence == Presence::kUnseen ? " _" : " -"));
    out += std::to_string(id) + (world.gone.contains(id) ? "!" : "");
  }
  return out;
}

}  // namespace

std::string describe(const Model& model) {
  std::string out = model.views_loose ? "(views unknown) " : "";
  for (const World& world : model.worlds()) {
    out += out.empty() || out.ends_with(") ") ? "either" : "\n  or";
    out += describe(model, world, View::kDefault);
    for (const auto& [view, state] : world.views) {
      const Span used = world.used(view);
      if (world.is_alone()) break;
      out += "\n    " + std::to_string(static_cast<std::uint32_t>(view)) + " " + state.name + " " +
             std::string(state.of_copy ? "copy" : to_string(state.role)) +
             (state.released == Truth::kNo ? "" : " (perhaps) released") + " used " +
             to_rfc3339(used.low) + (used.low == used.high ? "" : " to " + to_rfc3339(used.high)) +
             ":" + describe(model, world, view);
    }
    for (const MessageId id : world.hidden) out += " (hidden: " + std::to_string(id) + ")";
  }
  return out;
}

}  // namespace restante::sim

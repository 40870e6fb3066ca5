#include "sim/describe.h"

namespace restante::sim {

std::string describe(const Model& model) {
  std::string out;
  for (const World& world : model.worlds()) {
    out += out.empty() ? "either" : "\n  or";
    for (MessageId id = 0; id < model.messages.size(); ++id) {
      const MessageFacts& facts = model.messages[id];
      const Presence presence = presence_in(world, id);
      if (presence == Presence::kNever && !facts.hit && !facts.loose) continue;
      const bool unsure = facts.hit || facts.loose;
      out += unsure ? " ?" : (presence == Presence::kDeleted ? " -" : " ");
      out += std::to_string(id);
    }
  }
  return out;
}

}  // namespace restante::sim

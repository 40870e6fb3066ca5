#include "server/settings/domains.h"

#include <fmt/format.h>

#include <algorithm>

namespace restante::settings {

Result<std::vector<std::string>> domains(const config::Value& value) {
  if (value.node.kind != config::Kind::kArray)
    return config::wrong_type("an array, as in [\"example.test\"]", value.node);
  std::vector<std::string> out;
  for (const config::Node& item : value.node.items) {
    RESTANTE_TRY(std::string name, config::domain(config::Value{item, value.base}));
    if (std::ranges::find(out, name) != out.end())
      return config::wrong_value(fmt::format("names {} twice", name));
    out.push_back(std::move(name));
  }
  return out;
}

}  // namespace restante::settings

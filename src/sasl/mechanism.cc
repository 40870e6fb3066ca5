#include "sasl/mechanism.h"

#include <array>

#include "base/ascii.h"
#include "sasl/login.h"
#include "sasl/plain.h"

namespace restante::sasl {
namespace {

template <typename Mechanism>
std::unique_ptr<ServerMechanism> make() {
  return std::make_unique<Mechanism>();
}

constexpr std::array kMechanisms = {
    MechanismInfo{"PLAIN", true, &make<PlainServer>},
    MechanismInfo{"LOGIN", true, &make<LoginServer>},
};

}  // namespace

std::span<const MechanismInfo> server_mechanisms() { return kMechanisms; }

const MechanismInfo* find_server_mechanism(std::string_view name) {
  for (const MechanismInfo& info : kMechanisms)
    if (equals_ignore_case(info.name, name)) return &info;
  return nullptr;
}

}  // namespace restante::sasl

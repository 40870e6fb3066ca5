#include "server/measures/measures.h"

#include "sasl/mechanism_table.h"

namespace restante::server {
namespace {

constexpr std::string_view kOtherWay = "other";

static_assert(kLoginWays == static_cast<std::size_t>(sasl::MechanismId::kUser) + 2);

std::size_t way_place(std::string_view way) {
  const sasl::MechanismInfo* const info = sasl::find_login_way(way);
  return info == nullptr ? kLoginWays - 1 : static_cast<std::size_t>(info->id);
}

std::string_view way_name(std::size_t place) {
  return place == kLoginWays - 1 ? kOtherWay
                                 : sasl::info_of(static_cast<sasl::MechanismId>(place)).name;
}

}  // namespace

std::size_t tls_place(std::string_view version) {
  if (version.empty()) return 0;
  const std::string_view word = version.substr(0, version.find(' '));
  const auto found = std::ranges::find(kTlsNames, word);
  return found == kTlsNames.end() ? kTlsNames.size() - 1
                                  : static_cast<std::size_t>(found - kTlsNames.begin());
}

Door& Measures::door(std::string_view protocol, const std::string& listener) {
  const std::lock_guard lock(mutex_);
  for (Door& door : doors_)
    if (door.protocol == protocol && door.listener == listener) return door;
  Door& made = doors_.emplace_back();
  made.protocol = protocol;
  made.listener = listener;
  return made;
}

void Measures::count_login(std::string_view way, std::string_view tls, LoginEnd end) {
  by_way[way_place(way)][tls_place(tls)][place(end)].add();
}

std::uint64_t Measures::logins(LoginEnd end) const {
  std::uint64_t out = 0;
  for (const auto& versions : by_way)
    for (const auto& ends : versions) out += ends[place(end)].value();
  return out;
}

void Measures::for_each_door(const std::function<void(const Door&)>& visit) const {
  const std::lock_guard lock(mutex_);
  for (const Door& door : doors_) visit(door);
}

void Measures::for_each_login(const std::function<void(const LoginRow&)>& visit) const {
  for (std::size_t way = 0; way < by_way.size(); ++way)
    for (std::size_t tls = 0; tls < kTlsNames.size(); ++tls)
      for (std::size_t end = 0; end < kLoginEndNames.size(); ++end)
        if (const std::uint64_t count = by_way[way][tls][end].value(); count != 0)
          visit({way_name(way), kTlsNames[tls], kLoginEndNames[end], count});
}

std::shared_ptr<Measures> make_measures() { return std::make_shared<Measures>(); }

}  // namespace restante::server

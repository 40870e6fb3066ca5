#include "restantectl/control/top_meter.h"

#include <algorithm>
#include <boost/json/array.hpp>

#include "restantectl/control/rows.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

// A window that is left open for weeks remembers no more.
constexpr std::size_t kAccountsMax = 10'000;

std::uint64_t grown(std::uint64_t before, std::uint64_t now) {
  return now > before ? now - before : 0;
}

/// Those that move now go first, then those that moved the most.
bool is_busier(const BusyAccount& a, const BusyAccount& b) {
  if (a.octets_a_second != b.octets_a_second) return a.octets_a_second > b.octets_a_second;
  if (a.octets != b.octets) return a.octets > b.octets;
  if (a.sessions != b.sessions) return a.sessions > b.sessions;
  return a.account < b.account;
}

}  // namespace

double TopFrame::rate(std::string_view counter) const {
  const auto found = rates.find(std::string(counter));
  return found == rates.end() ? 0 : found->second;
}

void TopMeter::take(const json::object& answer) {
  connections_ = count_in(answer, "connections");
  sessions_ = count_in(answer, "sessions");
  const std::uint64_t now = count_in(answer, "milliseconds");
  const bool is_first = counters_.empty();
  // A clock that begins anew is another server's.
  const bool is_restart = now < milliseconds_;
  seconds_ = is_first || is_restart ? 0 : static_cast<double>(now - milliseconds_) / 1000;
  milliseconds_ = now;
  if (is_restart) seen_.clear();
  rates_.clear();
  if (const json::value* const found = answer.if_contains("counters");
      found != nullptr && found->is_object()) {
    for (const auto& [key, value] : found->get_object()) {
      const std::string name(key);
      const std::uint64_t count = count_in(found->get_object(), name);
      if (seconds_ > 0)
        rates_[name] = static_cast<double>(grown(counters_[name], count)) / seconds_;
      counters_[name] = count;
    }
  }
  take_sessions(objects_in(answer, "busiest"));
  forget_some();
}

void TopMeter::take_sessions(const std::vector<json::object>& sessions) {
  for (auto& [name, account] : accounts_) account.octets_lately = account.sessions = 0;
  std::map<std::string, Moved> now;
  for (const json::object& session : sessions) {
    const std::string id = text_in(session, "id");
    const Moved moved{count_in(session, "octets"), count_in(session, "retrieved")};
    Account& account = accounts_[text_in(session, "account")];
    ++account.sessions;
    account.from = text_in(session, "peer");
    const auto before = seen_.find(id);
    // At the first look it is not known when the octets were moved.
    const Moved base = before != seen_.end() ? before->second : (seconds_ > 0 ? Moved() : moved);
    account.octets_lately += grown(base.octets, moved.octets);
    account.total.octets += grown(base.octets, moved.octets);
    account.total.messages += grown(base.messages, moved.messages);
    now[id] = moved;
  }
  seen_ = std::move(now);
}

void TopMeter::forget_some() {
  if (accounts_.size() > kAccountsMax)
    std::erase_if(accounts_, [](const auto& each) { return each.second.sessions == 0; });
}

TopFrame TopMeter::frame(std::size_t accounts_max) const {
  TopFrame out;
  out.connections = connections_;
  out.sessions = sessions_;
  out.rates = rates_;
  for (const auto& [name, account] : accounts_)
    out.accounts.push_back(
        {name, account.sessions,
         seconds_ > 0 ? static_cast<double>(account.octets_lately) / seconds_ : 0,
         account.total.octets, account.total.messages, account.from});
  std::sort(out.accounts.begin(), out.accounts.end(), is_busier);
  if (out.accounts.size() > accounts_max) out.accounts.resize(accounts_max);
  return out;
}

json::object to_object(const TopFrame& frame) {
  json::object out;
  out["connections"] = frame.connections;
  out["sessions"] = frame.sessions;
  json::object rates;
  for (const auto& [name, rate] : frame.rates) rates[name] = rate;
  out["per_second"] = std::move(rates);
  json::array accounts;
  for (const BusyAccount& each : frame.accounts) {
    json::object account;
    account["account"] = each.account;
    account["sessions"] = each.sessions;
    account["octets_per_second"] = each.octets_a_second;
    account["octets"] = each.octets;
    account["retrieved"] = each.messages;
    account["peer"] = each.from;
    accounts.push_back(std::move(account));
  }
  out["accounts"] = std::move(accounts);
  return out;
}

}  // namespace restante::ctl

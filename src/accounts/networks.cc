#include "accounts/networks.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::accounts {
namespace {

constexpr std::string_view kLocal = "local";
constexpr std::string_view kBetween = ", \t";

/// Bits behind the prefix do not count, as in Dovecot: "192.0.2.7/24" is the whole network.
Result<IpNetwork> parse_network(std::string_view word) {
  const std::size_t slash = std::min(word.find('/'), word.size());
  const auto address = IpAddress::parse(word.substr(0, slash));
  const auto length = parse_decimal<std::uint8_t>(word.substr(std::min(slash + 1, word.size())));
  const bool is_v6 = word.find(':') != std::string_view::npos;
  // An IPv4 address in an IPv6 one has two ways to count its prefix. This and every mistake go to
  // IpNetwork::parse(), which has a sentence for each.
  if (!address || !length || *length > (is_v6 ? 128 : 32) || is_v6 == address->is_v4())
    return IpNetwork::parse(word);
  const unsigned before = is_v6 ? 0 : 96;
  return IpNetwork::parse(address->masked(before + *length).to_string() + "/" +
                          std::to_string(*length));
}

}  // namespace

Result<Networks> Networks::parse(std::string_view text) {
  Networks out;
  for (;;) {
    const std::size_t start = text.find_first_not_of(kBetween);
    if (start == std::string_view::npos) return out;
    text.remove_prefix(start);
    const std::string_view word = text.substr(0, text.find_first_of(kBetween));
    text.remove_prefix(word.size());
    if (equals_ignore_case(word, kLocal)) {
      out.local_ = true;
      continue;
    }
    auto network = parse_network(word);
    if (!network)
      return Error(Errc::kSyntax, std::string(word) + ": " + network.error().detail + ", or local");
    out.networks_.push_back(*network);
  }
}

bool Networks::contain(std::string_view peer) const {
  // A Unix socket has no address: its client is on this machine.
  if (peer.empty()) return local_;
  // A zone, as in fe80::1%eth0, is this machine's own word and no part of the address.
  const auto address = IpAddress::parse(peer.substr(0, peer.find('%')));
  return address && restante::contains(networks_, *address);
}

std::string Networks::to_string() const {
  std::string out;
  for (const IpNetwork& network : networks_) out += (out.empty() ? "" : ",") + network.to_string();
  if (local_) out += out.empty() ? "local" : ",local";
  return out;
}

}  // namespace restante::accounts

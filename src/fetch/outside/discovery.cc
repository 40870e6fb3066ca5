#include "fetch/outside/discovery.h"

#include <arpa/nameser.h>
#include <resolv.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace restante::fetch {
namespace {

using profile::Tls;

constexpr std::uint16_t kPop3Port = 110;
constexpr std::uint16_t kPop3sPort = 995;
constexpr std::size_t kDnsAnswerMax = 16384;
constexpr std::size_t kSrvFixed = 6;  // Priority, weight, port: RFC 2782.

void add(std::vector<Candidate>& list, Candidate candidate) {
  const auto same = [&candidate](const Candidate& other) {
    return other.host == candidate.host && other.port == candidate.port;
  };
  if (std::none_of(list.begin(), list.end(), same)) list.push_back(std::move(candidate));
}

/// False: the domain says that it has no such service.
bool add_records(const std::string& name, Tls tls, const LookUp& look_up,
                 std::vector<Candidate>& list) {
  std::vector<ServiceRecord> records = look_up(name);
  // A single record with the target "." is the domain's no (RFC 2782).
  if (records.size() == 1 && records.front().target.empty()) return false;
  std::stable_sort(
      records.begin(), records.end(), [](const ServiceRecord& a, const ServiceRecord& b) {
        // By weight, not at random as RFC 2782 wants it for sharing a load: the search is made
        // once, and must find the same again.
        return a.priority != b.priority ? a.priority < b.priority : a.weight > b.weight;
      });
  for (const ServiceRecord& record : records)
    if (!record.target.empty()) add(list, {record.target, record.port, tls, true, {}, {}});
  return true;
}

std::uint16_t number_at(const unsigned char* at) {
  return static_cast<std::uint16_t>((at[0] << 8U) | at[1]);
}

}  // namespace

std::vector<ServiceRecord> parse_services(std::span<const unsigned char> answer) {
  std::vector<ServiceRecord> records;
  ns_msg message{};
  if (::ns_initparse(answer.data(), static_cast<int>(answer.size()), &message) != 0) return records;
  const int count = ns_msg_count(message, ns_s_an);
  for (int i = 0; i < count; ++i) {
    ns_rr record{};
    std::array<char, NS_MAXDNAME> target{};
    if (::ns_parserr(&message, ns_s_an, i, &record) != 0) break;
    if (ns_rr_type(record) != ns_t_srv || ns_rr_rdlen(record) <= kSrvFixed) continue;
    const unsigned char* const data = ns_rr_rdata(record);
    if (::ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), data + kSrvFixed,
                             target.data(), target.size()) < 0)
      continue;
    std::string host(target.data());
    if (host == ".") host.clear();
    records.push_back({number_at(data), number_at(data + 2), number_at(data + 4), host});
  }
  return records;
}

std::vector<ServiceRecord> look_up_services(const std::string& name) {
  struct __res_state state {};
  if (::res_ninit(&state) != 0) return {};
  // resolv.conf's usual 5 s, tried for each server and each name, would let the user wait for a
  // minute.
  state.retrans = 2;
  state.retry = 2;
  std::array<unsigned char, kDnsAnswerMax> answer{};
  const int size = ::res_nquery(&state, name.c_str(), ns_c_in, ns_t_srv, answer.data(),
                                static_cast<int>(answer.size()));
  ::res_nclose(&state);
  if (size <= 0 || size > static_cast<int>(answer.size())) return {};
  return parse_services(std::span(answer).first(static_cast<std::size_t>(size)));
}

std::vector<Candidate> candidates(const std::string& domain, const LookUp& look_up) {
  std::vector<Candidate> list;
  const bool implicit = add_records("_pop3s._tcp." + domain, Tls::kImplicit, look_up, list);
  const bool starttls = add_records("_pop3._tcp." + domain, Tls::kStarttls, look_up, list);
  // Both are refused: to try usual names would go against the domain's word.
  if (!implicit && !starttls) return {};
  for (const char* const prefix : {"pop.", "pop3.", "mail.", ""})
    add(list, {prefix + domain, kPop3sPort, Tls::kImplicit, false, {}, {}});
  for (const char* const prefix : {"pop.", "pop3.", "mail.", ""})
    add(list, {prefix + domain, kPop3Port, Tls::kStarttls, false, {}, {}});
  return list;
}

bool is_within(std::string_view host, std::string_view domain) {
  while (host.ends_with('.')) host.remove_suffix(1);
  while (domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.empty() || host.size() < domain.size()) return false;
  const std::size_t before = host.size() - domain.size();
  // "evilexample.test" ends with "example.test", and is none of its hosts.
  if (before > 0 && host[before - 1] != '.') return false;
  return equals_ignore_case(host.substr(before), domain);
}

}  // namespace restante::fetch

#include <unistd.h>

#include <algorithm>

#include "accounts/router.h"
#include "base/ascii.h"
#include "base/limits.h"
#include "restantectl/commands.h"
#include "restantectl/exchange/message_intake.h"
#include "server/common/disk_room.h"
#include "server/delivery/quota.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;

struct DeliverOptions {
  std::string name;
  std::string uid;             ///< Empty: made by the store.
  bool ignore_limits = false;  ///< Neither quotas nor maildrop.reserve count.
};

struct Copy {
  std::string account;
  std::string uid;
  std::uint64_t octets = 0;
};

/// RFC 1939 s.7: 1 to 70 characters from 0x21 to 0x7E.
Status check_uid(const std::string& uid) {
  const auto fits = [](char c) { return c >= 0x21 && c <= 0x7E; };
  if (uid.size() <= limits::kUidBytesMax && std::all_of(uid.begin(), uid.end(), fits)) return ok();
  return Error(Errc::kSyntax, "--uid is 1 to 70 characters from ! to ~");
}

bool all_ascii(const std::string& text) { return std::all_of(text.begin(), text.end(), is_ascii); }

Error explain(Error error, const std::string& name) {
  if (error.code == Errc::kState)
    return Error(Errc::kNotFound, "no account or alias leads there: " + name);
  return error;
}

/// Refuses what the server would refuse, too.
Status apply_limits(Office& office, const std::string& account, maildrop::NewMessage& message) {
  const settings::Config& config = office.config();
  RESTANTE_TRY(auto* const directory, office.directory());
  RESTANTE_TRY(const maildrop::Quota quota, server::QuotaBook(*directory, config).of(account));
  message.quota = quota;
  Status room = server::check_room(config.data_dir, config.maildrop.reserve, message.octets);
  if (!room) room.error().detail += " (maildrop.reserve)";
  return room;
}

Error explain_refusal(Error error, const std::string& account, const std::string& uid) {
  if (error.code == Errc::kExists)
    return Error(Errc::kExists, account + " has a message with this unique id: " + uid);
  if (error.code == Errc::kLimit)
    return Error(Errc::kState, account + " would be over its " + error.detail +
                                   "; --ignore-limits delivers all the same");
  return error;
}

Result<Copy> deliver_one(Office& office, const DeliverOptions& options, Intake& intake,
                         const std::string& account) {
  RESTANTE_TRY(auto* const store, office.store());
  RESTANTE_TRY(auto* const directory, office.directory());
  const auto owner = directory->find_owner(account);
  const std::string called = owner ? owner->shown_name() : account;
  std::string prefix = "Delivered-To: " + called + "\r\n";
  const std::uint64_t octets = prefix.size() + intake.octets;
  maildrop::NewMessage message(std::move(prefix), intake.spool, octets);
  message.arrived = system_clock().now();
  message.flags.utf8_header = intake.utf8_header || !all_ascii(called);
  if (!options.uid.empty()) message.uid = options.uid;
  if (!options.ignore_limits) RESTANTE_CHECKED(apply_limits(office, account, message));
  auto receipt = store->deliver(account, message);
  if (!receipt) return explain_refusal(std::move(receipt).error(), account, options.uid);
  return Copy{called, std::move(receipt->uid), octets};
}

void print(Office& office, const std::vector<Copy>& copies) {
  json::array list;
  for (const Copy& copy : copies)
    list.push_back(
        json::object{{"account", copy.account}, {"uid", copy.uid}, {"octets", copy.octets}});
  office.details()["delivered"] = list;
  if (office.out().json()) {
    office.out().print(json::object{{"delivered", std::move(list)}});
    return;
  }
  // The account is printed only where there is a choice.
  for (const Copy& copy : copies)
    office.out().line(copies.size() == 1 ? copy.uid : copy.uid + "  " + copy.account);
}

Result<std::vector<std::string>> find_accounts(Office& office, const std::string& name) {
  RESTANTE_TRY(auto* const directory, office.directory());
  const accounts::Router router(*directory, office.router_settings());
  auto found = router.resolve(name);
  if (!found) return explain(std::move(found).error(), name);
  return found;
}

/// Prints the unique id of each copy once it is durable.
Exit deliver(Office& office, const DeliverOptions& options) {
  if (const Status uid = check_uid(options.uid); !uid)
    return fail(Exit::kUsage, uid.error().detail);
  const auto accounts = find_accounts(office, options.name);
  if (!accounts) return fail(accounts.error());
  Intake intake(office.config().data_dir);
  const Status taken = take_in(STDIN_FILENO, office.config().smtp.message_bytes_max, intake);
  if (!taken) return fail(taken.error());
  std::vector<Copy> copies;
  Exit verdict = Exit::kOk;
  for (const std::string& account : *accounts) {
    auto copy = deliver_one(office, options, intake, account);
    // The others still get their copies, and every printed copy is stored.
    if (!copy) {
      verdict = fail(copy.error());
    } else {
      copies.push_back(std::move(*copy));
    }
  }
  print(office, copies);
  return verdict;
}

}  // namespace

void add_deliver_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<DeliverOptions>();
  CLI::App& made = add_command(app, chosen,
                               {"deliver", "Put the message on stdin into a maildrop",
                                "  restantectl deliver alice@example.com < message.eml"},
                               [options](Office& office) { return deliver(office, *options); });
  add_name(made, options->name);
  made.add_option("--uid", options->uid, "Its unique id (UIDL), kept from elsewhere")
      ->type_name("UID");
  made.add_flag("--ignore-limits", options->ignore_limits,
                "Whatever the quota, and with less disk left than maildrop.reserve");
}

}  // namespace restante::ctl

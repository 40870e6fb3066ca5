#include "migrate/sources/pop3_source.h"

#include <algorithm>

#include "migrate/formats/arrival.h"
#include "migrate/sources/stored_mail.h"

namespace restante::migrate {
namespace {

constexpr std::size_t kAskedAhead = 32;
// The topmost Received stands within it.
constexpr std::size_t kHeaderBytes = 65536;

/// A message in memory, up to a bound.
class TextSink : public fetch::MessageSink {
 public:
  Status write(std::string_view octets) override {
    if (text.size() + octets.size() > kMessageBytesMax) {
      is_too_long = true;
    } else {
      text += octets;
    }
    return ok();
  }
  std::string text;
  bool is_too_long = false;
};

profile::Account to_account(const Pop3Options& options) {
  profile::Account account;
  account.name = options.user;
  account.host = options.place.host;
  account.port = options.place.port;
  account.tls = options.place.implicit_tls ? profile::Tls::kImplicit
                : options.place.plain      ? profile::Tls::kNone
                                           : profile::Tls::kStarttls;
  account.user = options.master.empty() ? options.user : options.master;
  if (!options.master.empty()) account.authzid = options.user;
  account.ca_file = options.ca_file;
  account.pins = options.pins;
  return account;
}

}  // namespace

Pop3Source::Pop3Source(const Pop3Options& options)
    : account_(to_account(options)),
      password_(options.password),
      way_(options.way),
      stop_(options.stop) {}

/// Some servers keep the ids that they have given out only when a session ends well.
Pop3Source::~Pop3Source() { forget(); }

void Pop3Source::forget() {
  if (session_ && asked_.empty() && !session_->is_over()) static_cast<void>(session_->quit());
  session_.reset();
  asked_.clear();
}

Status Pop3Source::open() {
  forget();
  if (stop_ == nullptr) {
    RESTANTE_TRY(auto never, net::StopSignal::create());
    never_ = std::make_unique<net::StopSignal>(std::move(never));
    stop_ = never_.get();
  }
  fetch::SessionOptions options(account_, *stop_);
  options.secret = password_;
  options.way = way_;
  RESTANTE_TRY(auto session, fetch::Session::open(options));
  session_ = std::move(session);
  return ok();
}

Result<Listing> Pop3Source::list() {
  RESTANTE_CHECKED(open());
  expected_.clear();
  RESTANTE_TRY(const auto totals, session_->stat());
  RESTANTE_TRY(const auto sizes, session_->list());
  RESTANTE_TRY(const auto uids, session_->uidl());
  if (!uids) return Error(Errc::kSyntax, account_.host + " has no unique ids (UIDL)");
  if (uids->size() > totals.messages)
    return Error(Errc::kSyntax, account_.host + " lists more messages than it has");
  sizes_.assign(totals.messages + std::size_t{1}, 0);
  for (const auto& listed : sizes)
    if (listed.number != 0 && listed.number <= totals.messages)
      sizes_[listed.number] = listed.octets;
  Listing listing;
  listing.ids = "UIDL of " + account_.host;
  for (const auto& listed : *uids) {
    if (listed.number == 0 || listed.number > totals.messages)
      return Error(Errc::kSyntax, account_.host + ": a line of UIDL names no message");
    Item item;
    item.place = "message " + std::to_string(listed.number);
    item.uid = listed.uid;
    item.key = listed.number;
    item.octets = sizes_[listed.number];
    if (item.uid.empty()) {
      listing.skipped.push_back({item.place, "its unique id cannot be used"});
    } else {
      listing.items.push_back(std::move(item));
    }
  }
  std::ranges::sort(listing.items, {}, &Item::key);
  return listing;
}

void Pop3Source::expect(const std::vector<const Item*>& items) {
  expected_.clear();
  for (const Item* const item : items) expected_.push_back(item->key);
}

Status Pop3Source::ask(std::uint64_t number) {
  RESTANTE_CHECKED(session_->request_retr(static_cast<std::uint32_t>(number)));
  asked_.push_back(number);
  return ok();
}

Status Pop3Source::ask_ahead() {
  while (!expected_.empty() && asked_.size() < kAskedAhead) {
    RESTANTE_CHECKED(ask(expected_.front()));
    expected_.pop_front();
  }
  return session_->flush();
}

Status Pop3Source::read(Item& item, std::string& wire) {
  if (!session_ || session_->is_over())
    return Error(Errc::kClosed, account_.host + ": the session is over");
  RESTANTE_CHECKED(ask_ahead());
  if (asked_.empty()) RESTANTE_CHECKED(ask(item.key));
  if (asked_.front() != item.key)
    return Error(Errc::kState, item.place + " is not the one that comes next");
  TextSink sink;
  const std::uint64_t listed = sizes_.at(item.key);
  RESTANTE_TRY(const fetch::Retrieved got, session_->receive_message(sink, listed));
  asked_.pop_front();
  if (!got.ok) return Error(Errc::kNotFound, "the old server said: " + got.text);
  if (sink.is_too_long) return Error(Errc::kLimit, "over 1 GiB");
  if (const auto arrived = find_arrival(std::string_view(sink.text).substr(0, kHeaderBytes)))
    item.arrived = WallTime(std::chrono::seconds(*arrived));
  to_wire(sink.text, wire, mail::BareLf::kKeep);
  return ok();
}

}  // namespace restante::migrate

#include <algorithm>
#include <chrono>

#include "accounts/passwords/device_password.h"
#include "console/password_input.h"
#include "restantectl/commands.h"
#include "restantectl/copies/copy_words.h"
#include "restantectl/selftest/certificate_file.h"
#include "restantectl/selftest/door.h"
#include "restantectl/selftest/mail_way.h"
#include "restantectl/selftest/name_lookups.h"
#include "restantectl/selftest/test_account.h"
#include "restantectl/selftest/trial_result.h"
#include "server/delivery/archive.h"
#include "server/start/confinement.h"

namespace restante::ctl {
namespace {

namespace json = boost::json;
using settings::Protocol;
using Kind = TrialResult::Kind;

constexpr auto kEndsSoon = std::chrono::days(14);
constexpr std::string_view kNoClearText = "greets, and takes no password in the clear";

struct SelftestOptions {
  std::string account;
  bool password_stdin = false;
  bool no_dns = false;
};

/// One run: its findings, and its means.
class Selftest {
 public:
  Selftest(Office& office, const net::StopSignal& stop) : office_(office), stop_(stop) {}

  void look_at_files() {
    for (const std::string& warning :
         server::confinement_warnings(office_.config(), office_.config_path()))
      note(Kind::kWarning, "files and rights", warning);
  }

  void look_at_certificates() {
    for (const auto& path : certificates_of(office_.config())) {
      const std::string what = "certificate " + path.string();
      const auto facts = read_certificate(path);
      if (!facts) {
        note(Kind::kFailed, what, facts.error().detail);
        continue;
      }
      trust_.pins.push_back(facts->sha256);
      const auto left =
          std::chrono::floor<std::chrono::days>(facts->ends - system_clock().now()).count();
      const std::string until = to_rfc3339(facts->ends).substr(0, 10);
      if (left < 0)
        note(Kind::kFailed, what, "ended on " + until + ": renew it");
      else if (left < kEndsSoon.count())
        note(Kind::kWarning, what, "ends on " + until + ": renew it");
      else
        note(Kind::kOk, what, "is good until " + until);
    }
    trust_.server_name = office_.config().hostname;
  }

  void look_at_archive() {
    const auto names = server::archive_accounts(office_.config().accounts);
    if (names.empty()) return;
    const auto directory = office_.directory();
    if (!directory) return note(Kind::kFailed, "archive", directory.error().message());
    for (const std::string& name : names) {
      const auto found = server::find_archive_account(**directory, nullptr, name);
      note(found ? Kind::kOk : Kind::kFailed, "archive " + name,
           found ? "is there" : found.error().detail + ", so its share of all mail is put off");
    }
  }

  /// Like a client that knows nothing of this server.
  void look_at_trust() {
    for (const settings::Listen& listen : office_.config().listen) {
      if (listen.tls == settings::TlsMode::kNone || untried(listen)) continue;
      Trust stranger;
      stranger.server_name = trust_.server_name;
      const auto entered = enter(listen, stranger, stop_);
      if (!entered && entered.error().code != Errc::kAuth) continue;  // It is reported below.
      note(entered ? Kind::kOk : Kind::kWarning, "trust in " + trust_.server_name,
           entered ? "clients take the certificate" : "clients warn: " + entered.error().detail);
      return;
    }
  }

  void bring_mail(const std::string& recipient) {
    for (const settings::Listen& listen : office_.config().listen) {
      if (listen.protocol != Protocol::kLmtp && listen.protocol != Protocol::kSmtp) continue;
      TestMail mail = make_test_mail(recipient, run_, static_cast<int>(brought_.size()));
      const bool is_brought = at_door(listen, [&mail](Dialogue& dialogue) -> Result<std::string> {
        RESTANTE_CHECKED(bring(dialogue, mail));
        return std::string("took a mail");
      });
      if (is_brought) brought_.push_back(std::move(mail));
    }
  }

  void collect_mail(const TestAccount& account) {
    const settings::Listen* lets_in = nullptr;
    for (const settings::Listen& listen : office_.config().listen) {
      if (listen.protocol != Protocol::kPop3) continue;
      at_door(listen, [&](Dialogue& dialogue) -> Result<std::string> {
        auto seen = collect_all(dialogue, account);
        if (seen && *seen != kNoClearText) lets_in = &listen;
        return seen;
      });
    }
    if (lets_in == nullptr) return;
    if (const Status removed = remove_mail(*lets_in, account); !removed)
      note(Kind::kFailed, name_of(*lets_in), "the mails stay: " + removed.error().detail);
  }

  void look_at_http() {
    for (const settings::Listen& listen : office_.config().listen)
      if (listen.protocol == Protocol::kHttp)
        note(Kind::kSkipped, name_of(listen), "is for monitoring: GET /health, GET /metrics");
  }

  /// Nothing where no account has any.
  void look_at_copies() {
    const auto copies = all_copies(office_);
    if (!copies) return note(Kind::kFailed, "copies", copies.error().detail);
    std::size_t idle = 0;
    for (const KnownCopy& copy : *copies) {
      const std::string state = state_of(copy);
      if (state == "on" || state == "paused") continue;
      ++idle;
      note(Kind::kWarning, "copy " + copy.copy.label + " of " + copy.account,
           "can send nothing to " + copy.copy.target + ": " + state);
    }
    if (idle == 0 && !copies->empty())
      note(Kind::kOk, "copies", "each has its target and its view");
  }

  void look_names_up() { ctl::look_names_up(office_.config(), stop_, findings_); }

  void note(Kind kind, std::string what, std::string detail) {
    findings_.emplace_back(kind, std::move(what), std::move(detail));
  }
  [[nodiscard]] const TrialResults& findings() const { return findings_; }

 private:
  /// As `restantectl copies` has it.
  std::string state_of(const KnownCopy& copy) {
    const auto store = office_.store();
    if (!store) return store.error().detail;
    const auto views = (*store)->views(copy.maildrop);
    if (!views) return views.error().detail;
    const bool has_view = view_of_copy(*views, copy.copy.label) != nullptr;
    return state_word(office_.config(), copy, has_view);
  }

  /// Tries a door, and notes the outcome.
  template <typename Use>
  bool at_door(const settings::Listen& listen, Use use) {
    const std::string what = name_of(listen);
    if (const auto why = untried(listen)) {
      note(Kind::kSkipped, what, *why);
      return false;
    }
    auto entered = enter(listen, trust_, stop_);
    if (!entered) {
      note(Kind::kFailed, what, entered.error().detail);
      return false;
    }
    const std::string tls = entered->stream().tls_version();
    const Result<std::string> used = use(*entered);
    note(used ? Kind::kOk : Kind::kFailed, what,
         (used ? *used : used.error().detail) + (tls.empty() ? "" : ", by " + tls));
    return static_cast<bool>(used);
  }

  Result<std::string> collect_all(Dialogue& dialogue, const TestAccount& account) {
    if (const Status in = log_in(dialogue, account.name(), account.password()); !in) {
      const bool is_clear = !dialogue.stream().is_tls();
      if (is_clear && in.error().detail.find("[AUTH]") != std::string::npos)
        return std::string(kNoClearText);
      return in.error();
    }
    for (const TestMail& mail : brought_) RESTANTE_CHECKED(collect(dialogue, mail));
    RESTANTE_CHECKED(quit(dialogue));
    if (brought_.empty()) return std::string("lets the account in");
    return std::string("gave the mail out, octet for octet");
  }

  Status remove_mail(const settings::Listen& listen, const TestAccount& account) {
    RESTANTE_TRY(Dialogue dialogue, enter(listen, trust_, stop_));
    RESTANTE_CHECKED(log_in(dialogue, account.name(), account.password()));
    std::vector<std::uint64_t> numbers;
    for (const TestMail& mail : brought_) {
      RESTANTE_TRY(const std::uint64_t number, collect(dialogue, mail));
      numbers.push_back(number);
    }
    for (const std::uint64_t number : numbers) RESTANTE_CHECKED(remove(dialogue, number));
    return quit(dialogue);
  }

  Office& office_;
  const net::StopSignal& stop_;
  const std::string run_ = accounts::make_device_password();  // Random letters.
  Trust trust_;
  std::vector<TestMail> brought_;
  TrialResults findings_;
};

Result<TestAccount> choose_account(Office& office, const SelftestOptions& options) {
  if (options.account.empty()) return TestAccount::make(office);
  RESTANTE_TRY(std::string name, office.account_name(options.account));
  RESTANTE_TRY(std::string password, console::read_new_password(options.password_stdin, name));
  SecretString kept(password);
  wipe(password);
  return TestAccount::given(std::move(name), std::move(kept));
}

void print(const Output& out, const TrialResults& findings) {
  if (out.json()) {
    json::array list;
    for (const TrialResult& finding : findings)
      list.push_back(json::object{
          {"verdict", word_of(finding.kind)}, {"what", finding.what}, {"detail", finding.detail}});
    out.print(json::object{{"findings", std::move(list)}});
    return;
  }
  Output::Table table;
  table.header = {"verdict", "what", "detail"};
  for (const TrialResult& finding : findings)
    table.rows.push_back({word_of(finding.kind), finding.what, finding.detail});
  out.print(table);
}

/// kOk: nothing failed; kUnavailable: some check failed.
Exit selftest(Office& office, const SelftestOptions& options) {
  const auto stop = net::StopSignal::create();
  if (!stop) return fail(stop.error());
  Selftest test(office, *stop);
  test.look_at_files();
  test.look_at_certificates();
  test.look_at_trust();
  test.look_at_copies();
  test.look_at_archive();
  {
    const auto account = choose_account(office, options);
    if (!account && account.error().code == Errc::kState)
      return fail(Exit::kUsage, account.error().detail +
                                    ": say whose mail may be tried: --account NAME, and give the "
                                    "password");
    if (!account) return fail(account.error());
    test.bring_mail(account->name());
    test.collect_mail(*account);
  }
  test.look_at_http();
  if (!options.no_dns) test.look_names_up();
  print(office.out(), test.findings());
  const auto failed = static_cast<std::size_t>(
      std::count_if(test.findings().begin(), test.findings().end(),
                    [](const TrialResult& finding) { return finding.kind == Kind::kFailed; }));
  if (failed == 0) return Exit::kOk;
  return fail(Exit::kUnavailable, std::to_string(failed) + " of " +
                                      std::to_string(test.findings().size()) +
                                      " checks failed; is the server running, and by this "
                                      "configuration (" +
                                      office.config_path() + ")?");
}

}  // namespace

void add_selftest_command(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<SelftestOptions>();
  CLI::App& made = add_command(
      app, chosen,
      {"selftest",
       "Send a mail through every listener and collect it; look at certificates and names",
       "  restantectl selftest\n"
       "  restantectl selftest --account alice@example.com    # accounts in LDAP, say; asks for "
       "the "
       "password"},
      [options](Office& office) { return selftest(office, *options); });
  made.add_option("--account", options->account,
                  "Whose maildrop is used; default: an account that is made for it and removed")
      ->type_name("NAME");
  made.add_flag("--password-stdin", options->password_stdin,
                "The password of --account is one line of stdin");
  made.add_flag("--no-dns", options->no_dns, "Look nothing up in DNS");
}

}  // namespace restante::ctl

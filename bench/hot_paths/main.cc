// Runs the paths that a busy server takes most, each a set number of times, and tells callgrind
// where each begins and ends: the instructions of each are the same in every run, on a busy machine
// too. tests/e2e/test_instructions.py compares them with bench/instructions.tsv. No network, no
// threads and no real disk: what is counted is our own code.
#include <fmt/format.h>
#include <valgrind/callgrind.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "accounts/login/verified_cache.h"
#include "base/check.h"
#include "disk/memory.h"
#include "mail/wire_codec.h"
#include "maildrop/log/test_support.h"
#include "pop3/memory_driver.h"
#include "smtp/memory_driver.h"

namespace {

using namespace restante;

constexpr std::uint32_t kMessages = 1000;
constexpr std::size_t kMessageBytes = std::size_t{10} * 1024;

std::string mail_of(std::size_t bytes) {
  std::string text = "From: a@example.test\r\nSubject: counted\r\n\r\n";
  while (text.size() < bytes) text += "A line of a mail as people write it, more or less.\r\n";
  return text;
}

/// A POP3 session over a maildrop in memory: all of `commands` in one read.
class Pop3Path {
 public:
  explicit Pop3Path(std::string commands) : commands_(std::move(commands)) {
    world_.channel.plaintext_allowed = true;
    world_.accounts["alice"] = "secret";
    for (std::uint32_t i = 0; i < kMessages; ++i)
      world_.maildrop.messages.emplace_back(fmt::format("{:016x}", i), mail_of(200));
  }
  void operator()() const {
    pop3::MemoryDriver driver(world_);
    driver.feed("USER alice\r\nPASS secret\r\n");
    driver.feed(commands_);
    RESTANTE_CHECK(driver.sent().find("-ERR") == std::string::npos);
  }

 private:
  pop3::MemoryWorld world_;
  std::string commands_;
};

/// A delivery of 10 kB by LMTP, up to the store's door.
class LmtpPath {
 public:
  LmtpPath() {
    settings_.dialect = smtp::Dialect::kLmtp;
    settings_.hostname = "mail.example.test";
    settings_.message_bytes_max = 1 << 20;
    settings_.recipients_max = 100;
    message_ = mail_of(kMessageBytes) + ".\r\nQUIT\r\n";
  }
  void operator()() const {
    smtp::MemoryDriver driver(settings_, {});
    driver.other_recipients = smtp::Recipient::kAccepted;
    driver.checks_newlines = false;
    driver.feed("LHLO c\r\n");
    driver.feed("MAIL FROM:<a@example.test>\r\nRCPT TO:<b@example.test>\r\nDATA\r\n");
    driver.feed(message_);
    RESTANTE_CHECK(driver.mails().size() == 1);
  }

 private:
  smtp::ServerSettings settings_;
  std::string message_;
};

/// The store on a disk in memory, with 20 messages of 10 kB.
class StorePath {
 public:
  StorePath() {
    for (int i = 0; i < 20; ++i) deliver();
  }
  void deliver() {
    maildrop::log::TextSource source(mail_);
    const maildrop::NewMessage message("", source, mail_.size());
    RESTANTE_CHECK(store_->deliver(kAccount, message).has_value());
  }
  void poll() {
    const auto session = open();
    RESTANTE_CHECK(session->count() >= 20 && session->total_octets() > 0);
  }
  void read() {
    const auto session = open();
    std::vector<std::byte> buffer(std::size_t{64} * 1024);
    for (std::uint32_t number = 1; number <= 20; ++number) {
      const auto reader = session->read(MessageNumber{number});
      RESTANTE_CHECK(reader.has_value());
      RESTANTE_CHECK((*reader)->read_cached(buffer)->value() == mail_.size());
    }
  }
  void quit() {
    deliver();
    const auto session = open();
    const MessageNumber last{session->count()};
    RESTANTE_CHECK(session->commit({{last}, {}}).has_value());
  }

 private:
  static constexpr const char* kAccount = "alice@example.test";

  std::unique_ptr<maildrop::Session> open() {
    auto opened = store_->open_cached(kAccount, maildrop::View::kDefault);
    RESTANTE_CHECK(opened && opened->has_value());
    return std::move(**opened);
  }
  static std::unique_ptr<maildrop::Store> make(disk::Disk& disk) {
    maildrop::log::LogStoreSettings settings("/data", clock());
    settings.random = maildrop::log::counting_random();
    return std::move(maildrop::open_log_store(disk, std::move(settings)).value());
  }
  static const Clock& clock() {
    static const ManualClock standing;
    return standing;
  }

  disk::MemoryDisk disk_;
  std::unique_ptr<maildrop::Store> store_ = make(disk_);
  std::string mail_ = mail_of(kMessageBytes);
};

/// More maildrops than may stay in memory, each with a message: whichever is next was given up.
class ManyPath {
 public:
  ManyPath() {
    maildrop::log::LogStoreSettings settings("/data", clock_);
    settings.random = maildrop::log::counting_random();
    settings.idle_maildrops_max = kMaildrops / 2;
    store_ = std::move(maildrop::open_log_store(disk_, std::move(settings)).value());
    const std::string mail = mail_of(kMessageBytes);
    for (int i = 0; i < kMaildrops; ++i) {
      maildrop::log::TextSource source(mail);
      const maildrop::NewMessage message("", source, mail.size());
      RESTANTE_CHECK(store_->deliver(name(i), message).has_value());
    }
  }
  void poll() {
    const auto session = store_->open(name(next_++ % kMaildrops), maildrop::View::kDefault);
    RESTANTE_CHECK(session.has_value() && (*session)->count() == 1);
  }

 private:
  static constexpr int kMaildrops = 2000;
  static std::string name(int number) { return fmt::format("user{}@example.test", number); }

  ManualClock clock_;
  disk::MemoryDisk disk_;
  std::unique_ptr<maildrop::Store> store_;
  int next_ = 0;
};

void remembered_login() {
  static accounts::VerifiedCache cache(1000);
  const accounts::CredentialQuestion question{"alice@example.test", "secret", "{X}hash", "", false};
  cache.remember(question, WallTime{}, nullptr);
  RESTANTE_CHECK(cache.ask(question, WallTime{}, std::chrono::hours(1)).yes);
}

void stuff_a_mail() {
  static const std::string mail = mail_of(kMessageBytes);
  std::string out;
  mail::DotStuffer stuffer(mail::BareLf::kToCrlf);
  stuffer.write(mail, out);
  stuffer.finish(out);
  RESTANTE_CHECK(out.size() == mail.size());
}

std::string for_numbers(std::string_view verb, std::uint32_t last) {
  std::string commands;
  for (std::uint32_t number = 1; number <= last; ++number)
    commands += fmt::format("{} {}\r\n", verb, number);
  return commands;
}

void measure(const char* name, int times, const std::function<void()>& path) {
  path();  // The first time fills caches and tables.
  CALLGRIND_ZERO_STATS;
  for (int i = 0; i < times; ++i) path();
  CALLGRIND_DUMP_STATS_AT(name);
  fmt::print("{}\t{}\n", name, times);
}

}  // namespace

int main() {
  measure("pop3 poll", 100, Pop3Path("STAT\r\nQUIT\r\n"));
  measure("pop3 list of 1000", 10, Pop3Path("LIST\r\nQUIT\r\n"));
  measure("pop3 uidl of 1000", 10, Pop3Path("UIDL\r\nQUIT\r\n"));
  measure("pop3 retr, 1000 pipelined", 10, Pop3Path(for_numbers("RETR", kMessages) + "QUIT\r\n"));
  measure("pop3 dele, 1000 pipelined", 10, Pop3Path(for_numbers("DELE", kMessages) + "QUIT\r\n"));
  measure("lmtp delivery of 10 kB", 100, LmtpPath());
  StorePath store;
  measure("store poll", 100, [&] { store.poll(); });
  measure("store read of 20 x 10 kB", 20, [&] { store.read(); });
  measure("store quit and delivery", 100, [&] { store.quit(); });
  ManyPath many;
  measure("store poll, not in memory", 100, [&] { many.poll(); });
  measure("remembered login", 100, remembered_login);
  measure("dot-stuffing of 10 kB", 100, stuff_a_mail);
}

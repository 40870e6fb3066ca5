// A whole server session on any bytes, in each state: no crash, bounded output, the replies do not
// depend on the cuts, and nothing is deleted unless the session was closed by QUIT.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "pop3/memory_driver.h"

namespace {

using namespace restante::pop3;  // NOLINT(google-build-using-namespace): a program of its own

MemoryWorld make_world(unsigned choice) {
  MemoryWorld world;
  world.settings.hostname = "fuzz.test";
  world.settings.last_enabled = true;
  world.settings.apop_enabled = true;
  world.settings.apop_timestamp = "<1@fuzz.test>";
  world.settings.utf8_policy = (choice & 1U) != 0 ? Utf8Policy::kRefuse : Utf8Policy::kSend;
  world.channel = {.tls = false, .stls_available = true, .plaintext_allowed = (choice & 2U) == 0};
  world.channel.may_name_client = (choice & 8U) != 0;
  world.commit_fails = (choice & 4U) != 0;
  world.accounts["a"] = "b";
  world.maildrop.messages.emplace_back("u1", "A: a\r\n\r\n.x\r\n");
  world.maildrop.messages.emplace_back("u2", "A: \xc3\xa4\r\n\r\n");
  world.maildrop.messages.emplace_back("u3", "");
  return world;
}

/// Before the input: nothing, a login, an exchange begun, TLS, a message marked, PLAIN begun, TLS
/// and a login, or UTF8 and a login.
void enter_state(MemoryDriver& driver, unsigned choice) {
  constexpr std::string_view kLogin = "USER a\r\nPASS b\r\n";
  if (choice % 8 == 7) driver.feed("UTF8\r\n");
  if (choice % 8 == 3 || choice % 8 == 6) {
    driver.feed("STLS\r\n");
    driver.start_tls();
  }
  if (choice % 8 == 1 || choice % 8 == 4 || choice % 8 >= 6) driver.feed(kLogin);
  if (choice % 8 == 4) driver.feed("DELE 1\r\n");
  if (choice % 8 == 2) driver.feed("AUTH LOGIN\r\n");
  if (choice % 8 == 5) driver.feed("AUTH PLAIN\r\n");
}

void run(MemoryDriver& driver, unsigned choice, std::string_view input, std::size_t step) {
  enter_state(driver, choice >> 4U);
  for (std::size_t i = 0; i < input.size() && !driver.wants_tls(); i += step)
    driver.feed(input.substr(i, step));
  RESTANTE_CHECK(driver.commits().size() <= 1);
  RESTANTE_CHECK(driver.commits().empty() || driver.closed());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const MemoryWorld world = make_world(data[0]);
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  MemoryDriver whole(world);
  MemoryDriver pieces(world);
  run(whole, data[0], input, input.size() + 1);
  run(pieces, data[0], input, 1 + data[1] % 16U);
  RESTANTE_CHECK(whole.sent() == pieces.sent());
  return 0;
}

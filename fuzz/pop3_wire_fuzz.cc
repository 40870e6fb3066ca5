// The dot codec, the octet counter and the TOP cutter on any bytes and cuts: what is stuffed comes
// back, the count is the length of what comes back, and a cut message is a beginning of the whole
// one.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "mail/top_cutter.h"
#include "mail/wire_codec.h"
#include "mail/wire_counter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view raw(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t step = 1 + data[0] % 32U;
  restante::mail::DotStuffer stuffer(restante::mail::BareLf::kKeep);
  std::string wire;
  for (std::size_t i = 0; i < raw.size(); i += step) stuffer.write(raw.substr(i, step), wire);
  stuffer.finish(wire);
  RESTANTE_CHECK(!wire.starts_with(".\r\n") && wire.find("\r\n.\r\n") == std::string::npos);

  restante::mail::DotUnstuffer unstuffer;
  restante::mail::WireCounter counter;
  restante::mail::TopCutter cutter(data[1]);
  std::string back;
  std::string top;
  for (std::size_t i = 0; i < wire.size(); i += step) {
    const std::string_view chunk = std::string_view(wire).substr(i, step);
    unstuffer.write(chunk, back);
    counter.write(chunk);
    top.append(chunk.substr(0, cutter.pass(chunk)));
  }
  RESTANTE_CHECK(std::string_view(back).substr(0, raw.size()) == raw);
  RESTANTE_CHECK(counter.octets() == back.size() && counter.at_line_start());
  RESTANTE_CHECK(wire.starts_with(top) && cutter.at_line_start());
  return 0;
}

// mbox: what was quoted comes back, wherever both are cut; and any file is read without trouble.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "archive/exchange/mbox.h"
#include "archive/mailbox/sha256.h"
#include "base/bytes.h"
#include "base/check.h"

namespace {

namespace archive = restante::archive;

struct Collected : archive::MboxSink {
  restante::Status begin(std::string_view) override {
    messages.emplace_back();
    return restante::ok();
  }
  restante::Status write(std::string_view octets) override {
    messages.back().append(octets);
    return restante::ok();
  }
  restante::Status end() override { return restante::ok(); }
  std::vector<std::string> messages;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = restante::as_text(std::as_bytes(std::span(data, size)));
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  Collected any;
  archive::MboxReader any_reader(any);
  if (any_reader.write(text.substr(0, cut)) && any_reader.write(text.substr(cut)))
    static_cast<void>(any_reader.finish());

  std::string file = archive::mbox_from_line(archive::sha256_of(text), 0);
  archive::MboxQuoter quoter;
  quoter.write(text.substr(0, cut), file);
  quoter.write(text.substr(cut), file);
  quoter.finish(file);
  Collected back;
  archive::MboxReader reader(back);
  RESTANTE_CHECK(reader.write(file) && reader.finish());
  RESTANTE_CHECK(back.messages.size() == 1);
  std::string expected(text);
  if (!expected.empty() && !expected.ends_with('\n')) expected += '\n';
  RESTANTE_CHECK(back.messages[0] == expected);
  return 0;
}

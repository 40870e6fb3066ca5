// The library that reads PDF files: the only file that knows poppler.
#include "documents/pdf_module.h"

#include <iconv.h>
#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-page.h>

#include <algorithm>
#include <array>
#include <exception>
#include <limits>
#include <memory>
#include <string>

namespace {

// A file says how many it has, and may lie.
constexpr int kPagesMax = 10'000;

/// A collection of characters, and the encoding that older files of it are in.
struct Kind {
  const char* collection;
  const char* encoding;
};
// Poppler keeps the tables of four of both in memory, and the jail lets it read no others.
constexpr std::array<Kind, 4> kKinds = {{{"Japan1", "90ms-RKSJ-H"},
                                         {"GB1", "GBK-EUC-H"},
                                         {"CNS1", "ETen-B5-H"},
                                         {"Korea1", "KSCms-UHC-H"}}};

using Document = std::unique_ptr<poppler::document>;

Document opened(const char* octets, std::size_t bytes) {
  if (bytes > static_cast<std::size_t>(std::numeric_limits<int>::max())) return nullptr;
  return Document(poppler::document::load_from_raw_data(octets, static_cast<int>(bytes)));
}

std::string text_of_page(const poppler::document& document, int number) {
  const std::unique_ptr<poppler::page> page(document.create_page(number));
  if (!page) return {};
  const auto text = page->text({}, poppler::page::non_raw_non_physical_layout).to_utf8();
  return {text.begin(), text.end()};
}

/// A page with one character; no table of places, which poppler makes itself.
std::string east_asian(const Kind& kind) {
  return std::string(
             "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
             "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
             "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R"
             "/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
             "4 0 obj<</Length 35>>stream\nBT /F 9 Tf 9 50 Td <8abf8e9a> Tj ET \n"
             "endstream endobj\n5 0 obj<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/") +
         kind.encoding +
         "/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/X/CIDSystemInfo"
         "<</Registry(Adobe)/Ordering(" +
         kind.collection +
         ")/Supplement 2>>/FontDescriptor<</Type/FontDescriptor/FontName/X/Flags 4>>>>]>>endobj\n"
         "trailer<</Root 1 0 R/Size 6>>\n";
}

void say_nothing(const std::string& /*unused*/, void* /*unused*/) {}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) void restante_pdf_prepare_1() try {
  poppler::set_debug_error_function(say_nothing, nullptr);
  // poppler forgets its tables with its last document, and glibc a converter with its last user. So
  // neither is ever closed.
  static const iconv_t converter = ::iconv_open("UTF-16", "UTF-8");
  static_cast<void>(converter);
  static std::array<std::string, kKinds.size()> files;
  static std::array<poppler::document*, kKinds.size()> documents{};
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    files[i] = east_asian(kKinds[i]);
    documents[i] = opened(files[i].data(), files[i].size()).release();
    if (documents[i] != nullptr) static_cast<void>(text_of_page(*documents[i], 0));
  }
} catch (const std::exception&) {
  return;
}

__attribute__((visibility("default"))) void restante_pdf_text_1(const char* octets,
                                                                std::size_t bytes,
                                                                RestantePdfSink* sink,
                                                                void* context) try {
  const Document document = opened(octets, bytes);
  if (!document || document->is_locked()) return;
  const int pages = std::min(document->pages(), kPagesMax);
  for (int number = 0; number < pages; ++number) {
    const std::string text = text_of_page(*document, number);
    if (!sink(context, text.data(), text.size())) return;
  }
} catch (const std::exception&) {
  return;
}

}  // extern "C"

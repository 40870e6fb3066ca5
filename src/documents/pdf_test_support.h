// PDF files that tests make, as small as they can be.
#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace restante::text {

inline std::string deflated(std::string_view octets) {
  uLongf size = compressBound(octets.size());
  std::string packed(size, '\0');
  if (compress(reinterpret_cast<Bytef*>(packed.data()), &size,
               reinterpret_cast<const Bytef*>(octets.data()), octets.size()) != Z_OK)
    throw std::runtime_error("zlib");
  packed.resize(size);
  return packed;
}

inline constexpr std::string_view kHelvetica =
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";

/// By a table of poppler's (src/pdf).
inline constexpr std::string_view kJapanese =
    "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/90ms-RKSJ-H/DescendantFonts"
    "[<</Type/Font/Subtype/CIDFontType0/BaseFont/X/CIDSystemInfo<</Registry(Adobe)"
    "/Ordering(Japan1)/Supplement 2>>/FontDescriptor<</Type/FontDescriptor/FontName/X/Flags 4>>>>]"
    ">>";

struct PdfLook {
  std::string_view font = kHelvetica;
  std::string_view trailer;  ///< What stands in it besides.
  std::string_view count;    ///< Of pages; empty: as many as there are.
};

/// Each page is what it shows: "(text)" or "<0514>", packed.
inline std::string pdf_of(const std::vector<std::string>& pages, const PdfLook& look = {}) {
  std::string out = "%PDF-1.4\n";
  std::vector<std::size_t> places;
  const auto add = [&](const std::string& object) {
    places.push_back(out.size());
    out += std::to_string(places.size()) + " 0 obj\n" + object + "\nendobj\n";
  };
  std::string kids;
  for (std::size_t i = 0; i < pages.size(); ++i) kids += std::to_string(4 + 2 * i) + " 0 R ";
  const std::string count =
      look.count.empty() ? std::to_string(pages.size()) : std::string(look.count);
  add("<</Type/Catalog/Pages 2 0 R>>");
  add("<</Type/Pages/Count " + count + "/Kids[" + kids + "]>>");
  add(std::string(look.font));
  for (std::size_t i = 0; i < pages.size(); ++i) {
    const std::string shown = deflated("BT /F 12 Tf 50 700 Td " + pages[i] + " Tj ET");
    add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents " + std::to_string(5 + 2 * i) +
        " 0 R/Resources<</Font<</F 3 0 R>>>>>>");
    add("<</Length " + std::to_string(shown.size()) + "/Filter/FlateDecode>>\nstream\n" + shown +
        "\nendstream");
  }
  const std::size_t table = out.size();
  out += "xref\n0 " + std::to_string(places.size() + 1) + "\n0000000000 65535 f \n";
  for (const std::size_t place : places) {
    const std::string digits = std::to_string(place);
    out += std::string(10 - digits.size(), '0') + digits + " 00000 n \n";
  }
  out += "trailer<</Root 1 0 R/Size " + std::to_string(places.size() + 1);
  out += std::string(look.trailer) + ">>\nstartxref\n" + std::to_string(table) + "\n%%EOF\n";
  return out;
}

}  // namespace restante::text

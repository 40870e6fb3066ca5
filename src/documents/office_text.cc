#include "documents/office_text.h"

#include <algorithm>
#include <array>
#include <vector>

#include "documents/xml_text.h"
#include "documents/zip_parts.h"
#include "text/charsets/charset.h"

namespace restante::text {
namespace {

constexpr std::size_t kXmlBytesMax = std::size_t{32} << 20;

bool is_any(std::string_view name, const auto& of) {
  return std::find(of.begin(), of.end(), name) != of.end();
}

// Open XML: text is in these alone ("v": a cell's number, or what a formula came to).
constexpr std::array<std::string_view, 3> kOpenXmlText = {"t", "v", "delText"};
constexpr std::array<std::string_view, 7> kBreaks = {"p", "h",   "si",        "is",
                                                     "c", "row", "table-cell"};
constexpr std::array<std::string_view, 7> kBlanks = {"tab",           "br", "cr", "s", "line-break",
                                                     "noBreakHyphen", "v"};

void append_open_xml(std::string_view xml, std::string& text, std::size_t bytes_max) {
  XmlPieces pieces(xml);
  XmlPiece piece;
  bool is_text = false;
  bool is_shared = false;  // A cell whose value is a number of sharedStrings.xml.
  while (text.size() < bytes_max && pieces.next(piece)) {
    switch (piece.kind) {
      case XmlPiece::Kind::kText:
        if (is_text) text += piece.text;
        break;
      case XmlPiece::Kind::kOpen:
        if (piece.name == "c") is_shared = attribute_of(piece.attributes, "t") == "s";
        if (is_any(piece.name, kOpenXmlText))
          is_text = !piece.is_empty && !(is_shared && piece.name == "v");
        if (is_any(piece.name, kBlanks) && piece.name != "v") text += ' ';
        if (piece.is_empty && is_any(piece.name, kBreaks)) text += '\n';
        break;
      case XmlPiece::Kind::kClose:
        if (is_any(piece.name, kOpenXmlText)) is_text = false;
        if (is_any(piece.name, kBreaks)) text += '\n';
        break;
      case XmlPiece::Kind::kEnd: break;
    }
  }
}

void append_open_document(std::string_view xml, std::string& text, std::size_t bytes_max) {
  XmlPieces pieces(xml);
  XmlPiece piece;
  bool in_body = false;
  while (text.size() < bytes_max && pieces.next(piece)) {
    if (piece.name == "body" && piece.kind == XmlPiece::Kind::kOpen) in_body = true;
    if (!in_body) continue;
    if (piece.kind == XmlPiece::Kind::kText) {
      text += piece.text;
    } else if (is_any(piece.name, kBlanks)) {
      text += ' ';
    } else if (is_any(piece.name, kBreaks)) {
      text += '\n';
    }
  }
}

/// The files that hold text, in the order in which people read them.
std::vector<std::string> text_parts(const std::vector<std::string>& names) {
  constexpr std::array<std::string_view, 13> kBeginnings = {"word/document",
                                                            "word/header",
                                                            "word/footer",
                                                            "word/footnotes",
                                                            "word/endnotes",
                                                            "word/comments",
                                                            "xl/sharedStrings",
                                                            "xl/worksheets/sheet",
                                                            "xl/comments",
                                                            "ppt/slides/slide",
                                                            "ppt/notesSlides/notesSlide",
                                                            "ppt/comments/",
                                                            "xl/threadedComments/"};
  std::vector<std::string> parts;
  for (const std::string_view beginning : kBeginnings) {
    const std::size_t first = parts.size();
    for (const std::string& name : names)
      if (name.starts_with(beginning) && name.ends_with(".xml")) parts.push_back(name);
    // slide2 before slide10.
    std::sort(parts.begin() + static_cast<std::ptrdiff_t>(first), parts.end(),
              [](const std::string& a, const std::string& b) {
                return a.size() != b.size() ? a.size() < b.size() : a < b;
              });
  }
  return parts;
}

std::string as_utf8(const std::string& octets) {
  if (octets.starts_with("\xff\xfe")) return to_utf8(octets, "utf-16le");
  if (octets.starts_with("\xfe\xff")) return to_utf8(octets, "utf-16be");
  return mend_utf8(octets);
}

}  // namespace

std::string office_text(std::string_view octets, std::size_t bytes_max) {
  auto archive = ZipParts::open(octets);
  if (!archive) return {};
  const std::vector<std::string> names = archive->names();
  std::string text;
  if (is_any("content.xml", names)) {
    append_open_document(as_utf8(archive->read("content.xml", kXmlBytesMax)), text, bytes_max);
  } else {
    for (const std::string& part : text_parts(names)) {
      if (text.size() >= bytes_max) break;
      append_open_xml(as_utf8(archive->read(part, kXmlBytesMax)), text, bytes_max);
    }
  }
  return std::string(cut_utf8(text, bytes_max));
}

}  // namespace restante::text

// A check for clang-tidy that finds nothing. It bounds where all other checks look: at what was
// read from our own files, not at the standard library and Boost, whose findings are never shown
// but whose syntax trees took four fifths of the time. tools/clang_tidy.py builds and loads it.
// It must match the whole translation unit: that is matched before anything in it, and the walk
// asks for its scope just after.
// Weak: declarations in a precompiled header count as not ours (net/asio.h has none that matter).
#include <clang-tidy/ClangTidyCheck.h>
#include <clang-tidy/ClangTidyModule.h>
#include <clang-tidy/ClangTidyModuleRegistry.h>
#include <clang/AST/ASTContext.h>
#include <clang/ASTMatchers/ASTMatchFinder.h>
#include <clang/ASTMatchers/ASTMatchers.h>

#include <vector>

namespace restante::tools {
namespace {

class ScopeCheck : public clang::tidy::ClangTidyCheck {
 public:
  using ClangTidyCheck::ClangTidyCheck;

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    finder->addMatcher(clang::ast_matchers::translationUnitDecl(), this);
  }

  void check(const clang::ast_matchers::MatchFinder::MatchResult& found) override {
    clang::ASTContext& context = *found.Context;
    const clang::SourceManager& sources = *found.SourceManager;
    std::vector<clang::Decl*> ours;
    // What lies in a precompiled header and was never needed stays unread.
    for (clang::Decl* declaration : context.getTranslationUnitDecl()->noload_decls()) {
      const clang::SourceLocation place = declaration->getLocation();
      if (place.isValid() && !sources.isInSystemHeader(sources.getExpansionLoc(place)))
        ours.push_back(declaration);
    }
    context.setTraversalScope(ours);
  }
};

class ScopeModule : public clang::tidy::ClangTidyModule {
 public:
  void addCheckFactories(clang::tidy::ClangTidyCheckFactories& factories) override {
    factories.registerCheck<ScopeCheck>("restante-scope");
  }
};

const clang::tidy::ClangTidyModuleRegistry::Add<ScopeModule> registered("restante",
                                                                        "looks at our code only");

}  // namespace
}  // namespace restante::tools

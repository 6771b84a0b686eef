#include "hub/signing.hpp"

#include "hub/officers.hpp"

namespace cunzheng::hub {
namespace {

std::string officer_field(int number) { return "officer" + std::to_string(number); }

}  // namespace

Result<Signing> signing_from(const Workplace& at, const program::json::object& arguments) {
  Signing signing;
  for (int number = 1; number <= signatories_max; ++number) {
    const auto field = officer_field(number);
    TRY(const auto named, program::text_or(arguments, field, {}));
    if (named.empty()) continue;
    TRY(const auto id, find_officer(at.hub.directory.facts(), named, field));
    TRY(const auto file, program::text_argument(arguments, field + "_passphrase_file"));
    signing.officers.push_back(id);
    signing.passphrase_files.emplace_back(file);
  }
  if (signing.officers.empty()) {
    return fail(FailureCode::bad_input, {"请说明由谁签名", "say which officer signs"}, officer_field(1), "D18");
  }
  return signing;
}

void with_signatories(Workplace& at, const Signing& signing, const program::Done& done,
                      std::function<void(CreditDesk::Signatories)> next) {
  at.slow.run([&at, signing, done, next = std::move(next)]() -> std::function<void()> {
    auto opened = std::make_shared<std::vector<Signatory>>();
    for (std::size_t k = 0; k < signing.officers.size(); ++k) {
      auto signatory = open_signatory(at.store_folder, signing.officers[k], signing.passphrase_files[k]);
      if (!signatory) {
        auto failure = std::move(signatory).error();
        failure.field = officer_field(static_cast<int>(k) + 1);
        return [done, failure] { done(tl::make_unexpected(failure)); };
      }
      opened->push_back(*std::move(signatory));
    }
    return [opened, next] { next(opened); };
  });
}

program::json::object without_signing(program::json::object arguments) {
  for (int number = 1; number <= signatories_max; ++number) {
    arguments.erase(officer_field(number));
    arguments.erase(officer_field(number) + "_passphrase_file");
  }
  return arguments;
}

std::vector<program::OptionSpec> signed_options(std::vector<program::OptionSpec> options, int officers) {
  for (int number = 1; number <= officers; ++number) {
    const auto name = "--" + officer_field(number);
    options.push_back(
        {name, {"签名人员的编号或姓名", "officer who signs, id or name"}, program::Takes::text, number == 1});
    options.push_back({name + "-passphrase-file",
                       {"该人员的口令文件", "file with that officer's passphrase"},
                       program::Takes::file,
                       number == 1});
  }
  return options;
}

}  // namespace cunzheng::hub

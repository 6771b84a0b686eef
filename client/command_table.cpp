#include "client/command_table.hpp"

#include "sync/program/register_command.hpp"

namespace cunzheng::client {
namespace {

using program::CommandSpec;
using program::OptionSpec;
using program::Takes;

const OptionSpec input{"--input", {"JSON文件，- 表示标准输入", "JSON file, - for standard input"}, Takes::json, true};
const OptionSpec handler{"--handler", {"经办人姓名或编号", "handler, name or id"}, Takes::text, true};
const OptionSpec handler_passphrase{
    "--handler-passphrase-file", {"经办人口令文件", "file of the handler's passphrase"}, Takes::file, true};
const OptionSpec head{"--head", {"负责人姓名或编号", "head, name or id"}, Takes::text, true};
const OptionSpec head_passphrase{
    "--head-passphrase-file", {"负责人口令文件", "file of the head's passphrase"}, Takes::file, true};
const OptionSpec confirm_date{
    "--confirm-date",
    {"时钟可疑时：对照纸质日历确认的今天日期", "with a clock in doubt: today's date, from paper"},
    Takes::text,
    false};

std::vector<CommandSpec> make_table() {
  std::vector<CommandSpec> table{
      {"enrol",
       {"登记这台电脑", "enrol this laptop"},
       {{"--hub", {"区中心地址", "address of the hub"}, Takes::text, true},
        {"--code", {"登记码", "the one-time code"}, Takes::text, true},
        {"--body", {"村（居）委会编号", "id of the committee"}, Takes::text, false},
        {"--label", {"这台电脑的叫法", "what people call this laptop"}, Takes::text, false}}},
      {"officer add",
       {"为一名工作人员生成本人密钥", "make an officer's own key"},
       {{"--name", {"姓名", "name"}, Takes::text, true},
        {"--officer-passphrase-file", {"本人口令文件", "file of the officer's passphrase"}, Takes::file, true}}},
      {"status", {"本机情况", "how this laptop stands"}, {}},
      {"catalogue",
       {"查清单", "look into the catalogue"},
       {{"WORDS", {"要找的字", "words to look for"}, Takes::words, false}}},
      {"decide", {"按规则判断，不登记", "ask the rules, record nothing"}, {input, confirm_date}},
      {"issue",
       {"出具证明", "issue a certificate"},
       {{"--input", {"JSON文件，- 表示标准输入", "JSON file, - for standard input"}, Takes::json, false},
        {"--batch",
         {"每行一份JSON的文件，- 表示标准输入", "file of one JSON a line, - for standard input"},
         Takes::text,
         false},
        handler,
        handler_passphrase,
        head,
        head_passphrase,
        {"--seal-keeper", {"用印人姓名或编号（不是负责人）", "who seals it, not the head"}, Takes::text, false},
        confirm_date}},
      {"spoil",
       {"作废一份证明", "spoil a certificate"},
       {{"NUMBER", {"编号", "its number"}, Takes::text, true},
        handler,
        {"--kind",
         {"printed_badly、not_printed、filled_in_wrongly 或 other",
          "printed_badly, not_printed, filled_in_wrongly or other"},
         Takes::text,
         false},
        {"--reason", {"原因", "why"}, Takes::text, false},
        confirm_date}},
      {"refuse", {"登记一次拒绝", "record a refusal"}, {input, handler, confirm_date}},
      {"deliberate",
       {"登记会议记录", "record the minutes of a meeting"},
       {input, handler, head, head_passphrase, confirm_date}},
      {"inquire", {"登记一次咨询", "record a question"}, {input, handler, confirm_date}},
      {"commit", {"登记一份告知承诺", "record a commitment"}, {input, handler, confirm_date}},
      {"findings",
       {"看提示", "look at the findings"},
       {{"--all", {"连同已处理的", "closed ones too"}, Takes::nothing, false}}},
      {"sync",
       {"与区中心同步；不带--once时一直运行", "exchange with the hub; without --once: stay"},
       {{"--once", {"同步一次就结束", "once, then end"}, Takes::nothing, false}}},
      {"inspect",
       {"看原始条目", "look at the entries themselves"},
       {{"JOURNAL", {"日志编号的开头", "beginning of a journal's id"}, Takes::text, false},
        {"SEQ", {"第几条", "which entry"}, Takes::number, false},
        {"--private", {"连同私密部分", "private parts too"}, Takes::nothing, false}}},
      {"fsck", {"全面检查数据", "check the whole store"}, {}},
      {"repair",
       {"打不开时，由可读的内容重建存储", "make the store anew of what can be read, when it does not open"},
       {}},
  };
  const auto books = program::register_command_specs(false);
  table.insert(table.end() - 5, books.begin(), books.end());  // before findings, sync, inspect, fsck, repair
  return table;
}

}  // namespace

const std::vector<CommandSpec>& command_table() {
  static const auto table = make_table();
  return table;
}

}  // namespace cunzheng::client

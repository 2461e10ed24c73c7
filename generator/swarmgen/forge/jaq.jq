# Weaver's jq is jaq, which tells 2.0 from 2 in arithmetic, always divides to a float
# and goes through the left operand first. Each definition hides libjq's own one.

def _same: .;

def _is_float: type == "number" and (tojson | test("[.eE]"));
def _as_float:
  if type != "number" or isnan or _is_float then .
  else tojson + ".0" | fromjson end;
def _like($a; $b):
  if ($a | _is_float) or ($b | _is_float) then _as_float else . end;

def _native_plus($a; $b): $a + $b;
def _native_minus($a; $b): $a - $b;
def _native_multiply($a; $b): $a * $b;
def _native_divide($a; $b): $a / $b;
def _native_mod($a; $b): $a % $b;
def _native_negate: -.;
def _native_format($name): format($name);

def _plus(a; b): a as $a | b as $b | _native_plus($a; $b) | _like($a; $b);
def _minus(a; b): a as $a | b as $b | _native_minus($a; $b) | _like($a; $b);
def _multiply(a; b): a as $a | b as $b | _native_multiply($a; $b) | _like($a; $b);
def _divide(a; b): a as $a | b as $b | _native_divide($a; $b) | _as_float;
def _mod(a; b):
  a as $a | b as $b
  | if ($a | _is_float) or ($b | _is_float) then fmod($a; $b) | _as_float
    else _native_mod($a; $b) end;
def _negate:
  if . == 0 and _is_float then "-0.0" | fromjson
  else . as $a | _native_negate | _like($a; $a) end;

def add(values): reduce values as $value (null; . + $value);
def add: add(.[]);

def join($separator):
  if length == 0 then ""
  else reduce .[1:][] as $item (.[0] | tostring; . + $separator + ($item | tostring))
  end;

def scan($pattern; $flags): match($pattern; $flags) | .string;
def scan($pattern): scan($pattern; "");

def format($name):
  if ["text", "json", "html", "uri", "urid", "sh", "base64", "base64d"] | index($name)
  then _native_format($name)
  else error("undefined filter @" + $name) end;

def _undefined($name): error("undefined filter " + $name);
def INDEX(f): _undefined("INDEX/1");
def INDEX(f; g): _undefined("INDEX/2");
def IN(f): _undefined("IN/1");
def IN(f; g): _undefined("IN/2");
def JOIN(f; g): _undefined("JOIN/2");
def JOIN(f; g; h): _undefined("JOIN/3");
def JOIN(f; g; h; i): _undefined("JOIN/4");
def input: _undefined("input/0");
def inputs: _undefined("inputs/0");
def input_filename: _undefined("input_filename/0");
def input_line_number: _undefined("input_line_number/0");
def builtins: _undefined("builtins/0");
def trimstr(f): _undefined("trimstr/1");
def tostream: _undefined("tostream/0");
def fromstream(f): _undefined("fromstream/1");
def truncate_stream(f): _undefined("truncate_stream/1");
def modulemeta: _undefined("modulemeta/0");
def get_search_list: _undefined("get_search_list/0");


brief=$'""" \'\'\' \\ `touch x` $(touch x) {{ 7 * 7 }} [= 7 * 7 =] <b>\xe2\x80\xae</b> \xf0\x9f\xa6\x89'
first=$'first\nsecond """ $(touch x) `touch x`'
examples=($'\'; touch x; \'' $'$(touch x)' '{{ 7 * 7 }}')
import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); process.noDeprecation = true;
import {
  wrappedTables
} from "./part-XVELN5XI.js";
import {
  indexEntryOfJson,
  isLinkOf,
  resourceLinksOf
} from "./part-DV6CADGT.js";
import {
  wrappedHeader
} from "./part-3U7RA5UT.js";
import {
  LruMap
} from "./part-6ACPXKQJ.js";
import {
  Statements,
  codeOf,
  databaseFile,
  faultOf,
  insertSegment,
  lockDirectory,
  moveChainEnd,
  openForReading,
  openForWriting,
  postgresDialect,
  prepare,
  prepareFiles,
  segmentQueries,
  segmentsAfter,
  sql,
  sqliteDialect
} from "./part-SBHVEHPF.js";
import {
  termNumber,
  termsOf
} from "./part-2B6IBJB5.js";
import {
  FULL_BYTES,
  FULL_RECORDS,
  MAX_SPAN_MS,
  appendToChain,
  newRecord,
  readLinks,
  readRecords,
  readTexts,
  segmentsOf,
  withoutFirst
} from "./part-KMHU5SSD.js";
import {
  programFile
} from "./part-XDU5MBKC.js";
import {
  defined
} from "./part-LOG5TJBC.js";
import {
  genesisHash
} from "./part-GJX6LNLE.js";
import {
  StoreUnavailable,
  StoreVersionMismatch,
  WriteConflict
} from "./part-YV4TI3RN.js";
import {
  __commonJS,
  __require,
  __toESM
} from "./part-J52KMMNH.js";

// node_modules/postgres-array/index.js
var require_postgres_array = __commonJS({
  "node_modules/postgres-array/index.js"(exports) {
    "use strict";
    exports.parse = function(source, transform) {
      return new ArrayParser(source, transform).parse();
    };
    var ArrayParser = class _ArrayParser {
      constructor(source, transform) {
        this.source = source;
        this.transform = transform || identity;
        this.position = 0;
        this.entries = [];
        this.recorded = [];
        this.dimension = 0;
      }
      isEof() {
        return this.position >= this.source.length;
      }
      nextCharacter() {
        var character = this.source[this.position++];
        if (character === "\\") {
          return {
            value: this.source[this.position++],
            escaped: true
          };
        }
        return {
          value: character,
          escaped: false
        };
      }
      record(character) {
        this.recorded.push(character);
      }
      newEntry(includeEmpty) {
        var entry;
        if (this.recorded.length > 0 || includeEmpty) {
          entry = this.recorded.join("");
          if (entry === "NULL" && !includeEmpty) {
            entry = null;
          }
          if (entry !== null) entry = this.transform(entry);
          this.entries.push(entry);
          this.recorded = [];
        }
      }
      consumeDimensions() {
        if (this.source[0] === "[") {
          while (!this.isEof()) {
            var char = this.nextCharacter();
            if (char.value === "=") break;
          }
        }
      }
      parse(nested) {
        var character, parser, quote;
        this.consumeDimensions();
        while (!this.isEof()) {
          character = this.nextCharacter();
          if (character.value === "{" && !quote) {
            this.dimension++;
            if (this.dimension > 1) {
              parser = new _ArrayParser(this.source.substr(this.position - 1), this.transform);
              this.entries.push(parser.parse(true));
              this.position += parser.position - 2;
            }
          } else if (character.value === "}" && !quote) {
            this.dimension--;
            if (!this.dimension) {
              this.newEntry();
              if (nested) return this.entries;
            }
          } else if (character.value === '"' && !character.escaped) {
            if (quote) this.newEntry(true);
            quote = !quote;
          } else if (character.value === "," && !quote) {
            this.newEntry();
          } else {
            this.record(character.value);
          }
        }
        if (this.dimension !== 0) {
          throw new Error("array dimension not balanced");
        }
        return this.entries;
      }
    };
    function identity(value) {
      return value;
    }
  }
});

// node_modules/pg-types/lib/arrayParser.js
var require_arrayParser = __commonJS({
  "node_modules/pg-types/lib/arrayParser.js"(exports, module) {
    var array = require_postgres_array();
    module.exports = {
      create: function(source, transform) {
        return {
          parse: function() {
            return array.parse(source, transform);
          }
        };
      }
    };
  }
});

// node_modules/postgres-date/index.js
var require_postgres_date = __commonJS({
  "node_modules/postgres-date/index.js"(exports, module) {
    "use strict";
    var DATE_TIME = /(\d{1,})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(\.\d{1,})?.*?( BC)?$/;
    var DATE = /^(\d{1,})-(\d{2})-(\d{2})( BC)?$/;
    var TIME_ZONE = /([Z+-])(\d{2})?:?(\d{2})?:?(\d{2})?/;
    var INFINITY = /^-?infinity$/;
    module.exports = function parseDate(isoDate) {
      if (INFINITY.test(isoDate)) {
        return Number(isoDate.replace("i", "I"));
      }
      var matches = DATE_TIME.exec(isoDate);
      if (!matches) {
        return getDate(isoDate) || null;
      }
      var isBC = !!matches[8];
      var year = parseInt(matches[1], 10);
      if (isBC) {
        year = bcYearToNegativeYear(year);
      }
      var month = parseInt(matches[2], 10) - 1;
      var day = matches[3];
      var hour = parseInt(matches[4], 10);
      var minute = parseInt(matches[5], 10);
      var second = parseInt(matches[6], 10);
      var ms = matches[7];
      ms = ms ? 1e3 * parseFloat(ms) : 0;
      var date;
      var offset = timeZoneOffset(isoDate);
      if (offset != null) {
        date = new Date(Date.UTC(year, month, day, hour, minute, second, ms));
        if (is0To99(year)) {
          date.setUTCFullYear(year);
        }
        if (offset !== 0) {
          date.setTime(date.getTime() - offset);
        }
      } else {
        date = new Date(year, month, day, hour, minute, second, ms);
        if (is0To99(year)) {
          date.setFullYear(year);
        }
      }
      return date;
    };
    function getDate(isoDate) {
      var matches = DATE.exec(isoDate);
      if (!matches) {
        return;
      }
      var year = parseInt(matches[1], 10);
      var isBC = !!matches[4];
      if (isBC) {
        year = bcYearToNegativeYear(year);
      }
      var month = parseInt(matches[2], 10) - 1;
      var day = matches[3];
      var date = new Date(year, month, day);
      if (is0To99(year)) {
        date.setFullYear(year);
      }
      return date;
    }
    function timeZoneOffset(isoDate) {
      if (isoDate.endsWith("+00")) {
        return 0;
      }
      var zone = TIME_ZONE.exec(isoDate.split(" ")[1]);
      if (!zone) return;
      var type = zone[1];
      if (type === "Z") {
        return 0;
      }
      var sign = type === "-" ? -1 : 1;
      var offset = parseInt(zone[2], 10) * 3600 + parseInt(zone[3] || 0, 10) * 60 + parseInt(zone[4] || 0, 10);
      return offset * sign * 1e3;
    }
    function bcYearToNegativeYear(year) {
      return -(year - 1);
    }
    function is0To99(num) {
      return num >= 0 && num < 100;
    }
  }
});

// node_modules/xtend/mutable.js
var require_mutable = __commonJS({
  "node_modules/xtend/mutable.js"(exports, module) {
    module.exports = extend;
    var hasOwnProperty = Object.prototype.hasOwnProperty;
    function extend(target) {
      for (var i = 1; i < arguments.length; i++) {
        var source = arguments[i];
        for (var key in source) {
          if (hasOwnProperty.call(source, key)) {
            target[key] = source[key];
          }
        }
      }
      return target;
    }
  }
});

// node_modules/postgres-interval/index.js
var require_postgres_interval = __commonJS({
  "node_modules/postgres-interval/index.js"(exports, module) {
    "use strict";
    var extend = require_mutable();
    module.exports = PostgresInterval;
    function PostgresInterval(raw) {
      if (!(this instanceof PostgresInterval)) {
        return new PostgresInterval(raw);
      }
      extend(this, parse(raw));
    }
    var properties = ["seconds", "minutes", "hours", "days", "months", "years"];
    PostgresInterval.prototype.toPostgres = function() {
      var filtered = properties.filter(this.hasOwnProperty, this);
      if (this.milliseconds && filtered.indexOf("seconds") < 0) {
        filtered.push("seconds");
      }
      if (filtered.length === 0) return "0";
      return filtered.map(function(property) {
        var value = this[property] || 0;
        if (property === "seconds" && this.milliseconds) {
          value = (value + this.milliseconds / 1e3).toFixed(6).replace(/\.?0+$/, "");
        }
        return value + " " + property;
      }, this).join(" ");
    };
    var propertiesISOEquivalent = {
      years: "Y",
      months: "M",
      days: "D",
      hours: "H",
      minutes: "M",
      seconds: "S"
    };
    var dateProperties = ["years", "months", "days"];
    var timeProperties = ["hours", "minutes", "seconds"];
    PostgresInterval.prototype.toISOString = PostgresInterval.prototype.toISO = function() {
      var datePart = dateProperties.map(buildProperty, this).join("");
      var timePart = timeProperties.map(buildProperty, this).join("");
      return "P" + datePart + "T" + timePart;
      function buildProperty(property) {
        var value = this[property] || 0;
        if (property === "seconds" && this.milliseconds) {
          value = (value + this.milliseconds / 1e3).toFixed(6).replace(/0+$/, "");
        }
        return value + propertiesISOEquivalent[property];
      }
    };
    var NUMBER = "([+-]?\\d+)";
    var YEAR = NUMBER + "\\s+years?";
    var MONTH = NUMBER + "\\s+mons?";
    var DAY = NUMBER + "\\s+days?";
    var TIME = "([+-])?([\\d]*):(\\d\\d):(\\d\\d)\\.?(\\d{1,6})?";
    var INTERVAL = new RegExp([YEAR, MONTH, DAY, TIME].map(function(regexString) {
      return "(" + regexString + ")?";
    }).join("\\s*"));
    var positions = {
      years: 2,
      months: 4,
      days: 6,
      hours: 9,
      minutes: 10,
      seconds: 11,
      milliseconds: 12
    };
    var negatives = ["hours", "minutes", "seconds", "milliseconds"];
    function parseMilliseconds(fraction) {
      var microseconds = fraction + "000000".slice(fraction.length);
      return parseInt(microseconds, 10) / 1e3;
    }
    function parse(interval) {
      if (!interval) return {};
      var matches = INTERVAL.exec(interval);
      var isNegative = matches[8] === "-";
      return Object.keys(positions).reduce(function(parsed, property) {
        var position = positions[property];
        var value = matches[position];
        if (!value) return parsed;
        value = property === "milliseconds" ? parseMilliseconds(value) : parseInt(value, 10);
        if (!value) return parsed;
        if (isNegative && ~negatives.indexOf(property)) {
          value *= -1;
        }
        parsed[property] = value;
        return parsed;
      }, {});
    }
  }
});

// node_modules/postgres-bytea/index.js
var require_postgres_bytea = __commonJS({
  "node_modules/postgres-bytea/index.js"(exports, module) {
    "use strict";
    var bufferFrom = Buffer.from || Buffer;
    module.exports = function parseBytea(input) {
      if (/^\\x/.test(input)) {
        return bufferFrom(input.substr(2), "hex");
      }
      var output = "";
      var i = 0;
      while (i < input.length) {
        if (input[i] !== "\\") {
          output += input[i];
          ++i;
        } else {
          if (/[0-7]{3}/.test(input.substr(i + 1, 3))) {
            output += String.fromCharCode(parseInt(input.substr(i + 1, 3), 8));
            i += 4;
          } else {
            var backslashes = 1;
            while (i + backslashes < input.length && input[i + backslashes] === "\\") {
              backslashes++;
            }
            for (var k = 0; k < Math.floor(backslashes / 2); ++k) {
              output += "\\";
            }
            i += Math.floor(backslashes / 2) * 2;
          }
        }
      }
      return bufferFrom(output, "binary");
    };
  }
});

// node_modules/pg-types/lib/textParsers.js
var require_textParsers = __commonJS({
  "node_modules/pg-types/lib/textParsers.js"(exports, module) {
    var array = require_postgres_array();
    var arrayParser = require_arrayParser();
    var parseDate = require_postgres_date();
    var parseInterval = require_postgres_interval();
    var parseByteA = require_postgres_bytea();
    function allowNull(fn) {
      return function nullAllowed(value) {
        if (value === null) return value;
        return fn(value);
      };
    }
    function parseBool(value) {
      if (value === null) return value;
      return value === "TRUE" || value === "t" || value === "true" || value === "y" || value === "yes" || value === "on" || value === "1";
    }
    function parseBoolArray(value) {
      if (!value) return null;
      return array.parse(value, parseBool);
    }
    function parseBaseTenInt(string) {
      return parseInt(string, 10);
    }
    function parseIntegerArray(value) {
      if (!value) return null;
      return array.parse(value, allowNull(parseBaseTenInt));
    }
    function parseBigIntegerArray(value) {
      if (!value) return null;
      return array.parse(value, allowNull(function(entry) {
        return parseBigInteger(entry).trim();
      }));
    }
    var parsePointArray = function(value) {
      if (!value) {
        return null;
      }
      var p = arrayParser.create(value, function(entry) {
        if (entry !== null) {
          entry = parsePoint(entry);
        }
        return entry;
      });
      return p.parse();
    };
    var parseFloatArray = function(value) {
      if (!value) {
        return null;
      }
      var p = arrayParser.create(value, function(entry) {
        if (entry !== null) {
          entry = parseFloat(entry);
        }
        return entry;
      });
      return p.parse();
    };
    var parseStringArray = function(value) {
      if (!value) {
        return null;
      }
      var p = arrayParser.create(value);
      return p.parse();
    };
    var parseDateArray = function(value) {
      if (!value) {
        return null;
      }
      var p = arrayParser.create(value, function(entry) {
        if (entry !== null) {
          entry = parseDate(entry);
        }
        return entry;
      });
      return p.parse();
    };
    var parseIntervalArray = function(value) {
      if (!value) {
        return null;
      }
      var p = arrayParser.create(value, function(entry) {
        if (entry !== null) {
          entry = parseInterval(entry);
        }
        return entry;
      });
      return p.parse();
    };
    var parseByteAArray = function(value) {
      if (!value) {
        return null;
      }
      return array.parse(value, allowNull(parseByteA));
    };
    var parseInteger = function(value) {
      return parseInt(value, 10);
    };
    var parseBigInteger = function(value) {
      var valStr = String(value);
      if (/^\d+$/.test(valStr)) {
        return valStr;
      }
      return value;
    };
    var parseJsonArray = function(value) {
      if (!value) {
        return null;
      }
      return array.parse(value, allowNull(JSON.parse));
    };
    var parsePoint = function(value) {
      if (value[0] !== "(") {
        return null;
      }
      value = value.substring(1, value.length - 1).split(",");
      return {
        x: parseFloat(value[0]),
        y: parseFloat(value[1])
      };
    };
    var parseCircle = function(value) {
      if (value[0] !== "<" && value[1] !== "(") {
        return null;
      }
      var point = "(";
      var radius = "";
      var pointParsed = false;
      for (var i = 2; i < value.length - 1; i++) {
        if (!pointParsed) {
          point += value[i];
        }
        if (value[i] === ")") {
          pointParsed = true;
          continue;
        } else if (!pointParsed) {
          continue;
        }
        if (value[i] === ",") {
          continue;
        }
        radius += value[i];
      }
      var result = parsePoint(point);
      result.radius = parseFloat(radius);
      return result;
    };
    var init = function(register) {
      register(20, parseBigInteger);
      register(21, parseInteger);
      register(23, parseInteger);
      register(26, parseInteger);
      register(700, parseFloat);
      register(701, parseFloat);
      register(16, parseBool);
      register(1082, parseDate);
      register(1114, parseDate);
      register(1184, parseDate);
      register(600, parsePoint);
      register(651, parseStringArray);
      register(718, parseCircle);
      register(1e3, parseBoolArray);
      register(1001, parseByteAArray);
      register(1005, parseIntegerArray);
      register(1007, parseIntegerArray);
      register(1028, parseIntegerArray);
      register(1016, parseBigIntegerArray);
      register(1017, parsePointArray);
      register(1021, parseFloatArray);
      register(1022, parseFloatArray);
      register(1231, parseFloatArray);
      register(1014, parseStringArray);
      register(1015, parseStringArray);
      register(1008, parseStringArray);
      register(1009, parseStringArray);
      register(1040, parseStringArray);
      register(1041, parseStringArray);
      register(1115, parseDateArray);
      register(1182, parseDateArray);
      register(1185, parseDateArray);
      register(1186, parseInterval);
      register(1187, parseIntervalArray);
      register(17, parseByteA);
      register(114, JSON.parse.bind(JSON));
      register(3802, JSON.parse.bind(JSON));
      register(199, parseJsonArray);
      register(3807, parseJsonArray);
      register(3907, parseStringArray);
      register(2951, parseStringArray);
      register(791, parseStringArray);
      register(1183, parseStringArray);
      register(1270, parseStringArray);
    };
    module.exports = {
      init
    };
  }
});

// node_modules/pg-int8/index.js
var require_pg_int8 = __commonJS({
  "node_modules/pg-int8/index.js"(exports, module) {
    "use strict";
    var BASE = 1e6;
    function readInt8(buffer) {
      var high = buffer.readInt32BE(0);
      var low = buffer.readUInt32BE(4);
      var sign = "";
      if (high < 0) {
        high = ~high + (low === 0);
        low = ~low + 1 >>> 0;
        sign = "-";
      }
      var result = "";
      var carry;
      var t;
      var digits;
      var pad;
      var l;
      var i;
      {
        carry = high % BASE;
        high = high / BASE >>> 0;
        t = 4294967296 * carry + low;
        low = t / BASE >>> 0;
        digits = "" + (t - BASE * low);
        if (low === 0 && high === 0) {
          return sign + digits + result;
        }
        pad = "";
        l = 6 - digits.length;
        for (i = 0; i < l; i++) {
          pad += "0";
        }
        result = pad + digits + result;
      }
      {
        carry = high % BASE;
        high = high / BASE >>> 0;
        t = 4294967296 * carry + low;
        low = t / BASE >>> 0;
        digits = "" + (t - BASE * low);
        if (low === 0 && high === 0) {
          return sign + digits + result;
        }
        pad = "";
        l = 6 - digits.length;
        for (i = 0; i < l; i++) {
          pad += "0";
        }
        result = pad + digits + result;
      }
      {
        carry = high % BASE;
        high = high / BASE >>> 0;
        t = 4294967296 * carry + low;
        low = t / BASE >>> 0;
        digits = "" + (t - BASE * low);
        if (low === 0 && high === 0) {
          return sign + digits + result;
        }
        pad = "";
        l = 6 - digits.length;
        for (i = 0; i < l; i++) {
          pad += "0";
        }
        result = pad + digits + result;
      }
      {
        carry = high % BASE;
        t = 4294967296 * carry + low;
        digits = "" + t % BASE;
        return sign + digits + result;
      }
    }
    module.exports = readInt8;
  }
});

// node_modules/pg-types/lib/binaryParsers.js
var require_binaryParsers = __commonJS({
  "node_modules/pg-types/lib/binaryParsers.js"(exports, module) {
    var parseInt64 = require_pg_int8();
    var parseBits = function(data, bits, offset, invert, callback) {
      offset = offset || 0;
      invert = invert || false;
      callback = callback || function(lastValue, newValue, bits2) {
        return lastValue * Math.pow(2, bits2) + newValue;
      };
      var offsetBytes = offset >> 3;
      var inv = function(value) {
        if (invert) {
          return ~value & 255;
        }
        return value;
      };
      var mask = 255;
      var firstBits = 8 - offset % 8;
      if (bits < firstBits) {
        mask = 255 << 8 - bits & 255;
        firstBits = bits;
      }
      if (offset) {
        mask = mask >> offset % 8;
      }
      var result = 0;
      if (offset % 8 + bits >= 8) {
        result = callback(0, inv(data[offsetBytes]) & mask, firstBits);
      }
      var bytes = bits + offset >> 3;
      for (var i = offsetBytes + 1; i < bytes; i++) {
        result = callback(result, inv(data[i]), 8);
      }
      var lastBits = (bits + offset) % 8;
      if (lastBits > 0) {
        result = callback(result, inv(data[bytes]) >> 8 - lastBits, lastBits);
      }
      return result;
    };
    var parseFloatFromBits = function(data, precisionBits, exponentBits) {
      var bias = Math.pow(2, exponentBits - 1) - 1;
      var sign = parseBits(data, 1);
      var exponent = parseBits(data, exponentBits, 1);
      if (exponent === 0) {
        return 0;
      }
      var precisionBitsCounter = 1;
      var parsePrecisionBits = function(lastValue, newValue, bits) {
        if (lastValue === 0) {
          lastValue = 1;
        }
        for (var i = 1; i <= bits; i++) {
          precisionBitsCounter /= 2;
          if ((newValue & 1 << bits - i) > 0) {
            lastValue += precisionBitsCounter;
          }
        }
        return lastValue;
      };
      var mantissa = parseBits(data, precisionBits, exponentBits + 1, false, parsePrecisionBits);
      if (exponent == Math.pow(2, exponentBits + 1) - 1) {
        if (mantissa === 0) {
          return sign === 0 ? Infinity : -Infinity;
        }
        return NaN;
      }
      return (sign === 0 ? 1 : -1) * Math.pow(2, exponent - bias) * mantissa;
    };
    var parseInt16 = function(value) {
      if (parseBits(value, 1) == 1) {
        return -1 * (parseBits(value, 15, 1, true) + 1);
      }
      return parseBits(value, 15, 1);
    };
    var parseInt32 = function(value) {
      if (parseBits(value, 1) == 1) {
        return -1 * (parseBits(value, 31, 1, true) + 1);
      }
      return parseBits(value, 31, 1);
    };
    var parseFloat32 = function(value) {
      return parseFloatFromBits(value, 23, 8);
    };
    var parseFloat64 = function(value) {
      return parseFloatFromBits(value, 52, 11);
    };
    var parseNumeric = function(value) {
      var sign = parseBits(value, 16, 32);
      if (sign == 49152) {
        return NaN;
      }
      var weight = Math.pow(1e4, parseBits(value, 16, 16));
      var result = 0;
      var digits = [];
      var ndigits = parseBits(value, 16);
      for (var i = 0; i < ndigits; i++) {
        result += parseBits(value, 16, 64 + 16 * i) * weight;
        weight /= 1e4;
      }
      var scale = Math.pow(10, parseBits(value, 16, 48));
      return (sign === 0 ? 1 : -1) * Math.round(result * scale) / scale;
    };
    var parseDate = function(isUTC, value) {
      var sign = parseBits(value, 1);
      var rawValue = parseBits(value, 63, 1);
      var result = new Date((sign === 0 ? 1 : -1) * rawValue / 1e3 + 9466848e5);
      if (!isUTC) {
        result.setTime(result.getTime() + result.getTimezoneOffset() * 6e4);
      }
      result.usec = rawValue % 1e3;
      result.getMicroSeconds = function() {
        return this.usec;
      };
      result.setMicroSeconds = function(value2) {
        this.usec = value2;
      };
      result.getUTCMicroSeconds = function() {
        return this.usec;
      };
      return result;
    };
    var parseArray = function(value) {
      var dim = parseBits(value, 32);
      var flags = parseBits(value, 32, 32);
      var elementType = parseBits(value, 32, 64);
      var offset = 96;
      var dims = [];
      for (var i = 0; i < dim; i++) {
        dims[i] = parseBits(value, 32, offset);
        offset += 32;
        offset += 32;
      }
      var parseElement = function(elementType2) {
        var length = parseBits(value, 32, offset);
        offset += 32;
        if (length == 4294967295) {
          return null;
        }
        var result;
        if (elementType2 == 23 || elementType2 == 20) {
          result = parseBits(value, length * 8, offset);
          offset += length * 8;
          return result;
        } else if (elementType2 == 25) {
          result = value.toString(this.encoding, offset >> 3, (offset += length << 3) >> 3);
          return result;
        } else {
          console.log("ERROR: ElementType not implemented: " + elementType2);
        }
      };
      var parse = function(dimension, elementType2) {
        var array = [];
        var i2;
        if (dimension.length > 1) {
          var count = dimension.shift();
          for (i2 = 0; i2 < count; i2++) {
            array[i2] = parse(dimension, elementType2);
          }
          dimension.unshift(count);
        } else {
          for (i2 = 0; i2 < dimension[0]; i2++) {
            array[i2] = parseElement(elementType2);
          }
        }
        return array;
      };
      return parse(dims, elementType);
    };
    var parseText = function(value) {
      return value.toString("utf8");
    };
    var parseBool = function(value) {
      if (value === null) return null;
      return parseBits(value, 8) > 0;
    };
    var init = function(register) {
      register(20, parseInt64);
      register(21, parseInt16);
      register(23, parseInt32);
      register(26, parseInt32);
      register(1700, parseNumeric);
      register(700, parseFloat32);
      register(701, parseFloat64);
      register(16, parseBool);
      register(1114, parseDate.bind(null, false));
      register(1184, parseDate.bind(null, true));
      register(1e3, parseArray);
      register(1007, parseArray);
      register(1016, parseArray);
      register(1008, parseArray);
      register(1009, parseArray);
      register(25, parseText);
    };
    module.exports = {
      init
    };
  }
});

// node_modules/pg-types/lib/builtins.js
var require_builtins = __commonJS({
  "node_modules/pg-types/lib/builtins.js"(exports, module) {
    module.exports = {
      BOOL: 16,
      BYTEA: 17,
      CHAR: 18,
      INT8: 20,
      INT2: 21,
      INT4: 23,
      REGPROC: 24,
      TEXT: 25,
      OID: 26,
      TID: 27,
      XID: 28,
      CID: 29,
      JSON: 114,
      XML: 142,
      PG_NODE_TREE: 194,
      SMGR: 210,
      PATH: 602,
      POLYGON: 604,
      CIDR: 650,
      FLOAT4: 700,
      FLOAT8: 701,
      ABSTIME: 702,
      RELTIME: 703,
      TINTERVAL: 704,
      CIRCLE: 718,
      MACADDR8: 774,
      MONEY: 790,
      MACADDR: 829,
      INET: 869,
      ACLITEM: 1033,
      BPCHAR: 1042,
      VARCHAR: 1043,
      DATE: 1082,
      TIME: 1083,
      TIMESTAMP: 1114,
      TIMESTAMPTZ: 1184,
      INTERVAL: 1186,
      TIMETZ: 1266,
      BIT: 1560,
      VARBIT: 1562,
      NUMERIC: 1700,
      REFCURSOR: 1790,
      REGPROCEDURE: 2202,
      REGOPER: 2203,
      REGOPERATOR: 2204,
      REGCLASS: 2205,
      REGTYPE: 2206,
      UUID: 2950,
      TXID_SNAPSHOT: 2970,
      PG_LSN: 3220,
      PG_NDISTINCT: 3361,
      PG_DEPENDENCIES: 3402,
      TSVECTOR: 3614,
      TSQUERY: 3615,
      GTSVECTOR: 3642,
      REGCONFIG: 3734,
      REGDICTIONARY: 3769,
      JSONB: 3802,
      REGNAMESPACE: 4089,
      REGROLE: 4096
    };
  }
});

// node_modules/pg-types/index.js
var require_pg_types = __commonJS({
  "node_modules/pg-types/index.js"(exports) {
    var textParsers = require_textParsers();
    var binaryParsers = require_binaryParsers();
    var arrayParser = require_arrayParser();
    var builtinTypes = require_builtins();
    exports.getTypeParser = getTypeParser;
    exports.setTypeParser = setTypeParser;
    exports.arrayParser = arrayParser;
    exports.builtins = builtinTypes;
    var typeParsers = {
      text: {},
      binary: {}
    };
    function noParse(val) {
      return String(val);
    }
    function getTypeParser(oid, format) {
      format = format || "text";
      if (!typeParsers[format]) {
        return noParse;
      }
      return typeParsers[format][oid] || noParse;
    }
    function setTypeParser(oid, format, parseFn) {
      if (typeof format == "function") {
        parseFn = format;
        format = "text";
      }
      typeParsers[format][oid] = parseFn;
    }
    textParsers.init(function(oid, converter) {
      typeParsers.text[oid] = converter;
    });
    binaryParsers.init(function(oid, converter) {
      typeParsers.binary[oid] = converter;
    });
  }
});

// node_modules/pg/lib/defaults.js
var require_defaults = __commonJS({
  "node_modules/pg/lib/defaults.js"(exports, module) {
    "use strict";
    var user;
    try {
      user = process.platform === "win32" ? process.env.USERNAME : process.env.USER;
    } catch {
    }
    module.exports = {
      // database host. defaults to localhost
      host: "localhost",
      // database user's name
      user,
      // name of database to connect
      database: void 0,
      // database user's password
      password: null,
      // a Postgres connection string to be used instead of setting individual connection items
      // NOTE:  Setting this value will cause it to override any other value (such as database or user) defined
      // in the defaults object.
      connectionString: void 0,
      // database port
      port: 5432,
      // number of rows to return at a time from a prepared statement's
      // portal. 0 will return all rows at once
      rows: 0,
      // binary result mode
      binary: false,
      // Connection pool options - see https://github.com/brianc/node-pg-pool
      // number of connections to use in connection pool
      // 0 will disable connection pooling
      max: 10,
      // max milliseconds a client can go unused before it is removed
      // from the pool and destroyed
      idleTimeoutMillis: 3e4,
      client_encoding: "",
      ssl: false,
      // SSL negotiation style: 'postgres' (traditional SSLRequest) or 'direct'
      sslnegotiation: void 0,
      application_name: void 0,
      fallback_application_name: void 0,
      options: void 0,
      parseInputDatesAsUTC: false,
      // max milliseconds any query using this connection will execute for before timing out in error.
      // false=unlimited
      statement_timeout: false,
      // Abort any statement that waits longer than the specified duration in milliseconds while attempting to acquire a lock.
      // false=unlimited
      lock_timeout: false,
      // Terminate any session with an open transaction that has been idle for longer than the specified duration in milliseconds
      // false=unlimited
      idle_in_transaction_session_timeout: false,
      // max milliseconds to wait for query to complete (client side)
      query_timeout: false,
      connect_timeout: 0,
      keepalives: 1,
      keepalives_idle: 0
    };
    var pgTypes = require_pg_types();
    var parseBigInteger = pgTypes.getTypeParser(20, "text");
    var parseBigIntegerArray = pgTypes.getTypeParser(1016, "text");
    module.exports.__defineSetter__("parseInt8", function(val) {
      pgTypes.setTypeParser(20, "text", val ? pgTypes.getTypeParser(23, "text") : parseBigInteger);
      pgTypes.setTypeParser(1016, "text", val ? pgTypes.getTypeParser(1007, "text") : parseBigIntegerArray);
    });
  }
});

// node_modules/pg/lib/utils.js
var require_utils = __commonJS({
  "node_modules/pg/lib/utils.js"(exports, module) {
    "use strict";
    var defaults2 = require_defaults();
    var nodeUtils = __require("util");
    var { isDate } = __require("util/types");
    var invalidDateDeprecationNotice = nodeUtils.deprecate(
      () => {
      },
      "Sending an invalid date to Postgres is deprecated and will throw an error in the next major version of pg. Ensure any Date object passed as a query parameter is valid.",
      "PG_INVALID_DATE"
    );
    function escapeElement(elementRepresentation) {
      const escaped = elementRepresentation.replace(/\\/g, "\\\\").replace(/"/g, '\\"');
      return '"' + escaped + '"';
    }
    function arrayString(val) {
      let result = "{";
      for (let i = 0; i < val.length; i++) {
        if (i > 0) {
          result += ",";
        }
        let item = val[i];
        if (item == null) {
          result += "NULL";
        } else if (Array.isArray(item)) {
          result += arrayString(item);
        } else if (ArrayBuffer.isView(item)) {
          if (!(item instanceof Buffer)) {
            item = Buffer.from(item.buffer, item.byteOffset, item.byteLength);
          }
          result += "\\\\x" + item.toString("hex");
        } else {
          result += escapeElement(prepareValue(item));
        }
      }
      result += "}";
      return result;
    }
    var prepareValue = function(val, seen) {
      if (val == null) {
        return null;
      }
      if (typeof val === "object") {
        if (val instanceof Buffer) {
          return val;
        }
        if (ArrayBuffer.isView(val)) {
          return Buffer.from(val.buffer, val.byteOffset, val.byteLength);
        }
        if (isDate(val)) {
          if (isNaN(val.getTime())) {
            invalidDateDeprecationNotice();
          }
          if (defaults2.parseInputDatesAsUTC) {
            return dateToStringUTC(val);
          } else {
            return dateToString(val);
          }
        }
        if (Array.isArray(val)) {
          return arrayString(val);
        }
        return prepareObject(val, seen);
      }
      return val.toString();
    };
    function prepareObject(val, seen) {
      if (val && typeof val.toPostgres === "function") {
        seen = seen || [];
        if (seen.indexOf(val) !== -1) {
          throw new Error('circular reference detected while preparing "' + val + '" for query');
        }
        seen.push(val);
        return prepareValue(val.toPostgres(prepareValue), seen);
      }
      return JSON.stringify(val);
    }
    function dateToString(date) {
      let offset = -date.getTimezoneOffset();
      let year = date.getFullYear();
      const isBCYear = year < 1;
      if (isBCYear) year = Math.abs(year) + 1;
      let ret = String(year).padStart(4, "0") + "-" + String(date.getMonth() + 1).padStart(2, "0") + "-" + String(date.getDate()).padStart(2, "0") + "T" + String(date.getHours()).padStart(2, "0") + ":" + String(date.getMinutes()).padStart(2, "0") + ":" + String(date.getSeconds()).padStart(2, "0") + "." + String(date.getMilliseconds()).padStart(3, "0");
      if (offset < 0) {
        ret += "-";
        offset *= -1;
      } else {
        ret += "+";
      }
      ret += String(Math.floor(offset / 60)).padStart(2, "0") + ":" + String(offset % 60).padStart(2, "0");
      if (isBCYear) ret += " BC";
      return ret;
    }
    function dateToStringUTC(date) {
      let year = date.getUTCFullYear();
      const isBCYear = year < 1;
      if (isBCYear) year = Math.abs(year) + 1;
      let ret = String(year).padStart(4, "0") + "-" + String(date.getUTCMonth() + 1).padStart(2, "0") + "-" + String(date.getUTCDate()).padStart(2, "0") + "T" + String(date.getUTCHours()).padStart(2, "0") + ":" + String(date.getUTCMinutes()).padStart(2, "0") + ":" + String(date.getUTCSeconds()).padStart(2, "0") + "." + String(date.getUTCMilliseconds()).padStart(3, "0");
      ret += "+00:00";
      if (isBCYear) ret += " BC";
      return ret;
    }
    function normalizeQueryConfig(config, values, callback) {
      config = typeof config === "string" ? { text: config } : cloneQueryConfig(config);
      if (values) {
        if (typeof values === "function") {
          config.callback = values;
        } else {
          config.values = values;
        }
      }
      if (callback) {
        config.callback = callback;
      }
      return config;
    }
    function cloneQueryConfig(config) {
      if (config == null) {
        return config;
      }
      return Object.defineProperties(Object.create(Object.getPrototypeOf(config)), Object.getOwnPropertyDescriptors(config));
    }
    var escapeIdentifier2 = function(str) {
      return '"' + str.replace(/"/g, '""') + '"';
    };
    var escapeLiteral2 = function(str) {
      let hasBackslash = false;
      let escaped = "'";
      if (str == null) {
        return "''";
      }
      if (typeof str !== "string") {
        return "''";
      }
      for (let i = 0; i < str.length; i++) {
        const c = str[i];
        if (c === "'") {
          escaped += c + c;
        } else if (c === "\\") {
          escaped += c + c;
          hasBackslash = true;
        } else {
          escaped += c;
        }
      }
      escaped += "'";
      if (hasBackslash === true) {
        escaped = " E" + escaped;
      }
      return escaped;
    };
    module.exports = {
      prepareValue: function prepareValueWrapper(value) {
        return prepareValue(value);
      },
      normalizeQueryConfig,
      escapeIdentifier: escapeIdentifier2,
      escapeLiteral: escapeLiteral2
    };
  }
});

// node_modules/pg/lib/crypto/utils.js
var require_utils2 = __commonJS({
  "node_modules/pg/lib/crypto/utils.js"(exports, module) {
    var nodeCrypto = __require("crypto");
    module.exports = {
      postgresMd5PasswordHash,
      randomBytes,
      deriveKey,
      sha256,
      hashByName,
      hmacSha256,
      md5
    };
    var webCrypto = nodeCrypto.webcrypto || globalThis.crypto;
    var subtleCrypto = webCrypto.subtle;
    var textEncoder = new TextEncoder();
    function randomBytes(length) {
      return webCrypto.getRandomValues(Buffer.alloc(length));
    }
    async function md5(string) {
      try {
        return nodeCrypto.createHash("md5").update(string, "utf-8").digest("hex");
      } catch (e) {
        const data = typeof string === "string" ? textEncoder.encode(string) : string;
        const hash = await subtleCrypto.digest("MD5", data);
        return Array.from(new Uint8Array(hash)).map((b) => b.toString(16).padStart(2, "0")).join("");
      }
    }
    async function postgresMd5PasswordHash(user, password, salt) {
      const inner = await md5(password + user);
      const outer = await md5(Buffer.concat([Buffer.from(inner), salt]));
      return "md5" + outer;
    }
    async function sha256(text) {
      return await subtleCrypto.digest("SHA-256", text);
    }
    async function hashByName(hashName, text) {
      return await subtleCrypto.digest(hashName, text);
    }
    async function hmacSha256(keyBuffer, msg) {
      const key = await subtleCrypto.importKey("raw", keyBuffer, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      return await subtleCrypto.sign("HMAC", key, textEncoder.encode(msg));
    }
    async function deriveKey(password, salt, iterations) {
      const key = await subtleCrypto.importKey("raw", textEncoder.encode(password), "PBKDF2", false, ["deriveBits"]);
      const params = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
      return await subtleCrypto.deriveBits(params, key, 32 * 8, ["deriveBits"]);
    }
  }
});

// node_modules/pg/lib/crypto/cert-signatures.js
var require_cert_signatures = __commonJS({
  "node_modules/pg/lib/crypto/cert-signatures.js"(exports, module) {
    function x509Error(msg, cert) {
      return new Error("SASL channel binding: " + msg + " when parsing public certificate " + cert.toString("base64"));
    }
    function readASN1Length(data, index) {
      let length = data[index++];
      if (length < 128) return { length, index };
      const lengthBytes = length & 127;
      if (lengthBytes > 4) throw x509Error("bad length", data);
      length = 0;
      for (let i = 0; i < lengthBytes; i++) {
        length = length << 8 | data[index++];
      }
      return { length, index };
    }
    function readASN1OID(data, index) {
      if (data[index++] !== 6) throw x509Error("non-OID data", data);
      const { length: OIDLength, index: indexAfterOIDLength } = readASN1Length(data, index);
      index = indexAfterOIDLength;
      const lastIndex = index + OIDLength;
      const byte1 = data[index++];
      let oid = (byte1 / 40 >> 0) + "." + byte1 % 40;
      while (index < lastIndex) {
        let value = 0;
        while (index < lastIndex) {
          const nextByte = data[index++];
          value = value << 7 | nextByte & 127;
          if (nextByte < 128) break;
        }
        oid += "." + value;
      }
      return { oid, index };
    }
    function expectASN1Seq(data, index) {
      if (data[index++] !== 48) throw x509Error("non-sequence data", data);
      return readASN1Length(data, index);
    }
    function signatureAlgorithmHashFromCertificate(data, index) {
      if (index === void 0) index = 0;
      index = expectASN1Seq(data, index).index;
      const { length: certInfoLength, index: indexAfterCertInfoLength } = expectASN1Seq(data, index);
      index = indexAfterCertInfoLength + certInfoLength;
      index = expectASN1Seq(data, index).index;
      const { oid, index: indexAfterOID } = readASN1OID(data, index);
      switch (oid) {
        // RSA
        case "1.2.840.113549.1.1.4":
          return "MD5";
        case "1.2.840.113549.1.1.5":
          return "SHA-1";
        case "1.2.840.113549.1.1.11":
          return "SHA-256";
        case "1.2.840.113549.1.1.12":
          return "SHA-384";
        case "1.2.840.113549.1.1.13":
          return "SHA-512";
        case "1.2.840.113549.1.1.14":
          return "SHA-224";
        case "1.2.840.113549.1.1.15":
          return "SHA512-224";
        case "1.2.840.113549.1.1.16":
          return "SHA512-256";
        // ECDSA
        case "1.2.840.10045.4.1":
          return "SHA-1";
        case "1.2.840.10045.4.3.1":
          return "SHA-224";
        case "1.2.840.10045.4.3.2":
          return "SHA-256";
        case "1.2.840.10045.4.3.3":
          return "SHA-384";
        case "1.2.840.10045.4.3.4":
          return "SHA-512";
        // RSASSA-PSS: hash is indicated separately
        case "1.2.840.113549.1.1.10": {
          index = indexAfterOID;
          index = expectASN1Seq(data, index).index;
          if (data[index++] !== 160) throw x509Error("non-tag data", data);
          index = readASN1Length(data, index).index;
          index = expectASN1Seq(data, index).index;
          const { oid: hashOID } = readASN1OID(data, index);
          switch (hashOID) {
            // standalone hash OIDs
            case "1.2.840.113549.2.5":
              return "MD5";
            case "1.3.14.3.2.26":
              return "SHA-1";
            case "2.16.840.1.101.3.4.2.1":
              return "SHA-256";
            case "2.16.840.1.101.3.4.2.2":
              return "SHA-384";
            case "2.16.840.1.101.3.4.2.3":
              return "SHA-512";
          }
          throw x509Error("unknown hash OID " + hashOID, data);
        }
        // Ed25519 -- see https://github.com/openssl/openssl/issues/15477
        case "1.3.101.110":
        case "1.3.101.112":
          return "SHA-512";
        // Ed448 -- still not in pg 17.2 (if supported, digest would be SHAKE256 x 64 bytes)
        case "1.3.101.111":
        case "1.3.101.113":
          throw x509Error("Ed448 certificate channel binding is not currently supported by Postgres");
      }
      throw x509Error("unknown OID " + oid, data);
    }
    module.exports = { signatureAlgorithmHashFromCertificate };
  }
});

// node_modules/pg/lib/crypto/sasl.js
var require_sasl = __commonJS({
  "node_modules/pg/lib/crypto/sasl.js"(exports, module) {
    "use strict";
    var crypto = require_utils2();
    var { signatureAlgorithmHashFromCertificate } = require_cert_signatures();
    function saslprep(password) {
      const nonAsciiSpace = /[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/g;
      const mappedToNothing = /[\u00AD\u034F\u1806\u180B\u180C\u180D\u200C\u200D\u2060\uFE00-\uFE0F\uFEFF]/g;
      return password.replace(nonAsciiSpace, " ").replace(mappedToNothing, "").normalize("NFKC");
    }
    var DEFAULT_MAX_SCRAM_ITERATIONS = 1e5;
    function startSession(mechanisms, stream, scramMaxIterations = DEFAULT_MAX_SCRAM_ITERATIONS) {
      const candidates2 = ["SCRAM-SHA-256"];
      if (stream) candidates2.unshift("SCRAM-SHA-256-PLUS");
      const mechanism = candidates2.find((candidate) => mechanisms.includes(candidate));
      if (!mechanism) {
        throw new Error("SASL: Only mechanism(s) " + candidates2.join(" and ") + " are supported");
      }
      if (mechanism === "SCRAM-SHA-256-PLUS" && typeof stream.getPeerCertificate !== "function") {
        throw new Error("SASL: Mechanism SCRAM-SHA-256-PLUS requires a certificate");
      }
      const clientNonce = crypto.randomBytes(18).toString("base64");
      const gs2Header = mechanism === "SCRAM-SHA-256-PLUS" ? "p=tls-server-end-point" : stream ? "y" : "n";
      return {
        mechanism,
        clientNonce,
        response: gs2Header + ",,n=*,r=" + clientNonce,
        message: "SASLInitialResponse",
        scramMaxIterations
      };
    }
    async function continueSession(session, password, serverData, stream) {
      if (session.message !== "SASLInitialResponse") {
        throw new Error("SASL: Last message was not SASLInitialResponse");
      }
      if (typeof password !== "string") {
        throw new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string");
      }
      if (password === "") {
        throw new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string");
      }
      if (typeof serverData !== "string") {
        throw new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: serverData must be a string");
      }
      const sv = parseServerFirstMessage(serverData);
      if (!sv.nonce.startsWith(session.clientNonce)) {
        throw new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: server nonce does not start with client nonce");
      } else if (sv.nonce.length === session.clientNonce.length) {
        throw new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: server nonce is too short");
      }
      const scramMaxIterations = typeof session.scramMaxIterations === "number" ? session.scramMaxIterations : DEFAULT_MAX_SCRAM_ITERATIONS;
      if (scramMaxIterations !== 0 && sv.iteration > scramMaxIterations) {
        throw new Error(
          "SASL: SCRAM-SERVER-FIRST-MESSAGE: iteration count " + sv.iteration + " exceeds scramMaxIterations of " + scramMaxIterations
        );
      }
      const clientFirstMessageBare = "n=*,r=" + session.clientNonce;
      const serverFirstMessage = "r=" + sv.nonce + ",s=" + sv.salt + ",i=" + sv.iteration;
      let channelBinding = stream ? "eSws" : "biws";
      if (session.mechanism === "SCRAM-SHA-256-PLUS") {
        const peerCert = stream.getPeerCertificate().raw;
        let hashName = signatureAlgorithmHashFromCertificate(peerCert);
        if (hashName === "MD5" || hashName === "SHA-1") hashName = "SHA-256";
        const certHash = await crypto.hashByName(hashName, peerCert);
        const bindingData = Buffer.concat([Buffer.from("p=tls-server-end-point,,"), Buffer.from(certHash)]);
        channelBinding = bindingData.toString("base64");
      }
      const clientFinalMessageWithoutProof = "c=" + channelBinding + ",r=" + sv.nonce;
      const authMessage = clientFirstMessageBare + "," + serverFirstMessage + "," + clientFinalMessageWithoutProof;
      const saltBytes = Buffer.from(sv.salt, "base64");
      const saltedPassword = await crypto.deriveKey(saslprep(password), saltBytes, sv.iteration);
      const clientKey = await crypto.hmacSha256(saltedPassword, "Client Key");
      const storedKey2 = await crypto.sha256(clientKey);
      const clientSignature = await crypto.hmacSha256(storedKey2, authMessage);
      const clientProof = xorBuffers(Buffer.from(clientKey), Buffer.from(clientSignature)).toString("base64");
      const serverKey = await crypto.hmacSha256(saltedPassword, "Server Key");
      const serverSignatureBytes = await crypto.hmacSha256(serverKey, authMessage);
      session.message = "SASLResponse";
      session.serverSignature = Buffer.from(serverSignatureBytes).toString("base64");
      session.response = clientFinalMessageWithoutProof + ",p=" + clientProof;
    }
    function finalizeSession(session, serverData) {
      if (session.message !== "SASLResponse") {
        throw new Error("SASL: Last message was not SASLResponse");
      }
      if (typeof serverData !== "string") {
        throw new Error("SASL: SCRAM-SERVER-FINAL-MESSAGE: serverData must be a string");
      }
      const { serverSignature } = parseServerFinalMessage(serverData);
      if (serverSignature !== session.serverSignature) {
        throw new Error("SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature does not match");
      }
    }
    function isPrintableChars(text) {
      if (typeof text !== "string") {
        throw new TypeError("SASL: text must be a string");
      }
      return text.split("").map((_, i) => text.charCodeAt(i)).every((c) => c >= 33 && c <= 43 || c >= 45 && c <= 126);
    }
    function isBase64(text) {
      return /^(?:[a-zA-Z0-9+/]{4})*(?:[a-zA-Z0-9+/]{2}==|[a-zA-Z0-9+/]{3}=)?$/.test(text);
    }
    function parseAttributePairs(text) {
      if (typeof text !== "string") {
        throw new TypeError("SASL: attribute pairs text must be a string");
      }
      return new Map(
        text.split(",").map((attrValue) => {
          if (!/^.=/.test(attrValue)) {
            throw new Error("SASL: Invalid attribute pair entry");
          }
          const name = attrValue[0];
          const value = attrValue.substring(2);
          return [name, value];
        })
      );
    }
    function parseServerFirstMessage(data) {
      const attrPairs = parseAttributePairs(data);
      const nonce = attrPairs.get("r");
      if (!nonce) {
        throw new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: nonce missing");
      } else if (!isPrintableChars(nonce)) {
        throw new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: nonce must only contain printable characters");
      }
      const salt = attrPairs.get("s");
      if (!salt) {
        throw new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: salt missing");
      } else if (!isBase64(salt)) {
        throw new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: salt must be base64");
      }
      const iterationText = attrPairs.get("i");
      if (!iterationText) {
        throw new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: iteration missing");
      } else if (!/^[1-9][0-9]*$/.test(iterationText)) {
        throw new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: invalid iteration count");
      }
      const iteration = parseInt(iterationText, 10);
      return {
        nonce,
        salt,
        iteration
      };
    }
    function parseServerFinalMessage(serverData) {
      const attrPairs = parseAttributePairs(serverData);
      const error = attrPairs.get("e");
      const serverSignature = attrPairs.get("v");
      if (error) {
        throw new Error(`SASL: SCRAM-SERVER-FINAL-MESSAGE: server returned error: "${error}"`);
      }
      if (!serverSignature) {
        throw new Error("SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature is missing");
      } else if (!isBase64(serverSignature)) {
        throw new Error("SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature must be base64");
      }
      return {
        serverSignature
      };
    }
    function xorBuffers(a, b) {
      if (!Buffer.isBuffer(a)) {
        throw new TypeError("first argument must be a Buffer");
      }
      if (!Buffer.isBuffer(b)) {
        throw new TypeError("second argument must be a Buffer");
      }
      if (a.length !== b.length) {
        throw new Error("Buffer lengths must match");
      }
      if (a.length === 0) {
        throw new Error("Buffers cannot be empty");
      }
      return Buffer.from(a.map((_, i) => a[i] ^ b[i]));
    }
    module.exports = {
      startSession,
      continueSession,
      finalizeSession,
      DEFAULT_MAX_SCRAM_ITERATIONS
    };
  }
});

// node_modules/pg/lib/type-overrides.js
var require_type_overrides = __commonJS({
  "node_modules/pg/lib/type-overrides.js"(exports, module) {
    "use strict";
    var types3 = require_pg_types();
    function TypeOverrides2(userTypes) {
      this._types = userTypes || types3;
      this.text = {};
      this.binary = {};
    }
    TypeOverrides2.prototype.getOverrides = function(format) {
      switch (format) {
        case "text":
          return this.text;
        case "binary":
          return this.binary;
        default:
          return {};
      }
    };
    TypeOverrides2.prototype.setTypeParser = function(oid, format, parseFn) {
      if (typeof format === "function") {
        parseFn = format;
        format = "text";
      }
      this.getOverrides(format)[oid] = parseFn;
    };
    TypeOverrides2.prototype.getTypeParser = function(oid, format) {
      format = format || "text";
      return this.getOverrides(format)[oid] || this._types.getTypeParser(oid, format);
    };
    module.exports = TypeOverrides2;
  }
});

// node_modules/pg-connection-string/index.js
var require_pg_connection_string = __commonJS({
  "node_modules/pg-connection-string/index.js"(exports, module) {
    "use strict";
    function parse(str, options = {}) {
      if (str.charAt(0) === "/") {
        const config2 = str.split(" ");
        return { host: config2[0], database: config2[1] };
      }
      const config = /* @__PURE__ */ Object.create(null);
      let result;
      let dummyHost = false;
      if (/ |%[^a-f0-9]|%[a-f0-9][^a-f0-9]/i.test(str)) {
        str = encodeURI(str).replace(/%25(\d\d)/g, "%$1");
      }
      try {
        try {
          result = new URL(str, "postgres://base");
        } catch (e) {
          result = new URL(str.replace("@/", "@___DUMMY___/"), "postgres://base");
          dummyHost = true;
        }
      } catch (err) {
        err.input && (err.input = "*****REDACTED*****");
        throw err;
      }
      for (const entry of result.searchParams.entries()) {
        config[entry[0]] = entry[1];
      }
      config.user = config.user || decodeURIComponent(result.username);
      config.password = config.password || decodeURIComponent(result.password);
      if (result.protocol == "socket:") {
        config.host = decodeURI(result.pathname);
        config.database = result.searchParams.get("db");
        config.client_encoding = result.searchParams.get("encoding");
        return config;
      }
      const hostname2 = (dummyHost ? "" : result.hostname).replace(/^\[(.+)\]$/, "$1");
      if (!config.host) {
        config.host = decodeURIComponent(hostname2);
      } else if (hostname2 && /^%2f/i.test(hostname2)) {
        result.pathname = hostname2 + result.pathname;
      }
      if (!config.port) {
        config.port = result.port;
      }
      const pathname = result.pathname.slice(1) || null;
      config.database = pathname ? decodeURI(pathname) : null;
      if (config.ssl === "true" || config.ssl === "1") {
        config.ssl = true;
      }
      if (config.ssl === "0") {
        config.ssl = false;
      }
      if (config.sslcert || config.sslkey || config.sslrootcert || config.sslmode) {
        config.ssl = {};
      }
      if (config.sslnegotiation === "direct" && config.ssl === void 0) {
        config.ssl = true;
      }
      const fs = config.sslcert || config.sslkey || config.sslrootcert ? __require("fs") : null;
      if (config.sslcert) {
        config.ssl.cert = fs.readFileSync(config.sslcert).toString();
      }
      if (config.sslkey) {
        config.ssl.key = fs.readFileSync(config.sslkey).toString();
      }
      if (config.sslrootcert) {
        config.ssl.ca = fs.readFileSync(config.sslrootcert).toString();
      }
      if (options.useLibpqCompat && config.uselibpqcompat) {
        throw new Error("Both useLibpqCompat and uselibpqcompat are set. Please use only one of them.");
      }
      if (config.uselibpqcompat === "true" || options.useLibpqCompat) {
        switch (config.sslmode) {
          case "disable": {
            config.ssl = false;
            break;
          }
          case "prefer": {
            config.ssl.rejectUnauthorized = false;
            break;
          }
          case "require": {
            if (config.sslrootcert) {
              config.ssl.checkServerIdentity = function() {
              };
            } else {
              config.ssl.rejectUnauthorized = false;
            }
            break;
          }
          case "verify-ca": {
            if (!config.ssl.ca) {
              throw new Error(
                "SECURITY WARNING: Using sslmode=verify-ca requires specifying a CA with sslrootcert. If a public CA is used, verify-ca allows connections to a server that somebody else may have registered with the CA, making you vulnerable to Man-in-the-Middle attacks. Either specify a custom CA certificate with sslrootcert parameter or use sslmode=verify-full for proper security."
              );
            }
            config.ssl.checkServerIdentity = function() {
            };
            break;
          }
          case "verify-full": {
            break;
          }
        }
      } else {
        switch (config.sslmode) {
          case "disable": {
            config.ssl = false;
            break;
          }
          case "prefer":
          case "require":
          case "verify-ca":
          case "verify-full": {
            if (config.sslmode !== "verify-full") {
              deprecatedSslModeWarning(config.sslmode);
            }
            break;
          }
          case "no-verify": {
            config.ssl.rejectUnauthorized = false;
            break;
          }
        }
      }
      return config;
    }
    function toConnectionOptions(sslConfig) {
      const connectionOptions = Object.entries(sslConfig).reduce((c, [key, value]) => {
        if (value !== void 0 && value !== null) {
          c[key] = value;
        }
        return c;
      }, /* @__PURE__ */ Object.create(null));
      return connectionOptions;
    }
    function toClientConfig(config) {
      const poolConfig = Object.entries(config).reduce((c, [key, value]) => {
        if (key === "ssl") {
          const sslConfig = value;
          if (typeof sslConfig === "boolean") {
            c[key] = sslConfig;
          }
          if (typeof sslConfig === "object") {
            c[key] = toConnectionOptions(sslConfig);
          }
        } else if (value !== void 0 && value !== null) {
          if (key === "port") {
            if (value !== "") {
              const v = parseInt(value, 10);
              if (isNaN(v)) {
                throw new Error(`Invalid ${key}: ${value}`);
              }
              c[key] = v;
            }
          } else {
            c[key] = value;
          }
        }
        return c;
      }, /* @__PURE__ */ Object.create(null));
      return poolConfig;
    }
    function parseIntoClientConfig(str) {
      return toClientConfig(parse(str));
    }
    function deprecatedSslModeWarning(sslmode) {
      if (!deprecatedSslModeWarning.warned && typeof process !== "undefined" && process.emitWarning) {
        deprecatedSslModeWarning.warned = true;
        process.emitWarning(`SECURITY WARNING: The SSL modes 'prefer', 'require', and 'verify-ca' are treated as aliases for 'verify-full'.
In the next major version (pg-connection-string v3.0.0 and pg v9.0.0), these modes will adopt standard libpq semantics, which have weaker security guarantees.

To prepare for this change:
- If you want the current behavior, explicitly use 'sslmode=verify-full'
- If you want libpq compatibility now, use 'uselibpqcompat=true&sslmode=${sslmode}'

See https://www.postgresql.org/docs/current/libpq-ssl.html for libpq SSL mode definitions.`);
      }
    }
    module.exports = parse;
    parse.parse = parse;
    parse.toClientConfig = toClientConfig;
    parse.parseIntoClientConfig = parseIntoClientConfig;
  }
});

// node_modules/pg/lib/connection-parameters.js
var require_connection_parameters = __commonJS({
  "node_modules/pg/lib/connection-parameters.js"(exports, module) {
    "use strict";
    var dns = __require("dns");
    var defaults2 = require_defaults();
    var parse = require_pg_connection_string().parse;
    var val = function(key, config, envVar) {
      if (config[key]) {
        return config[key];
      }
      if (envVar === void 0) {
        envVar = process.env["PG" + key.toUpperCase()];
      } else if (envVar === false) {
      } else {
        envVar = process.env[envVar];
      }
      return envVar || defaults2[key];
    };
    var readSSLConfigFromEnvironment = function() {
      switch (process.env.PGSSLMODE) {
        case "disable":
          return false;
        case "prefer":
        case "require":
        case "verify-ca":
        case "verify-full":
          return true;
        case "no-verify":
          return { rejectUnauthorized: false };
      }
      return defaults2.ssl;
    };
    var quoteParamValue = function(value) {
      return "'" + ("" + value).replace(/\\/g, "\\\\").replace(/'/g, "\\'") + "'";
    };
    var add = function(params, config, paramName) {
      const value = config[paramName];
      if (value !== void 0 && value !== null) {
        params.push(paramName + "=" + quoteParamValue(value));
      }
    };
    var ConnectionParameters = class {
      constructor(config) {
        config = typeof config === "string" ? parse(config) : config || {};
        if (config.connectionString) {
          config = Object.assign({}, config, parse(config.connectionString));
        }
        this.user = val("user", config);
        this.database = val("database", config);
        if (this.database === void 0) {
          this.database = this.user;
        }
        this.port = parseInt(val("port", config), 10);
        this.host = val("host", config);
        Object.defineProperty(this, "password", {
          configurable: true,
          enumerable: false,
          writable: true,
          value: val("password", config)
        });
        this.binary = val("binary", config);
        this.options = val("options", config);
        this.ssl = typeof config.ssl === "undefined" ? readSSLConfigFromEnvironment() : config.ssl;
        if (typeof this.ssl === "string") {
          if (this.ssl === "true") {
            this.ssl = true;
          }
        }
        if (this.ssl === "no-verify") {
          this.ssl = { rejectUnauthorized: false };
        }
        if (this.ssl && this.ssl.key) {
          Object.defineProperty(this.ssl, "key", {
            enumerable: false
          });
        }
        this.sslnegotiation = val("sslnegotiation", config, "PGSSLNEGOTIATION");
        if (this.sslnegotiation !== void 0 && this.sslnegotiation !== "postgres" && this.sslnegotiation !== "direct") {
          throw new Error(
            `Invalid sslnegotiation value: "${this.sslnegotiation}". Valid values are "postgres" and "direct".`
          );
        }
        if (this.sslnegotiation === "direct" && !this.ssl) {
          throw new Error("sslnegotiation=direct requires SSL to be enabled");
        }
        this.client_encoding = val("client_encoding", config);
        this.replication = val("replication", config);
        this.isDomainSocket = !(this.host || "").indexOf("/");
        this.application_name = val("application_name", config, "PGAPPNAME");
        this.fallback_application_name = val("fallback_application_name", config, false);
        this.statement_timeout = val("statement_timeout", config, false);
        this.lock_timeout = val("lock_timeout", config, false);
        this.idle_in_transaction_session_timeout = val("idle_in_transaction_session_timeout", config, false);
        this.query_timeout = val("query_timeout", config, false);
        if (config.connectionTimeoutMillis === void 0) {
          this.connect_timeout = process.env.PGCONNECT_TIMEOUT || 0;
        } else {
          this.connect_timeout = Math.floor(config.connectionTimeoutMillis / 1e3);
        }
        if (config.keepAlive === false) {
          this.keepalives = 0;
        } else if (config.keepAlive === true) {
          this.keepalives = 1;
        }
        if (typeof config.keepAliveInitialDelayMillis === "number") {
          this.keepalives_idle = Math.floor(config.keepAliveInitialDelayMillis / 1e3);
        }
      }
      getLibpqConnectionString(cb) {
        const params = [];
        add(params, this, "user");
        add(params, this, "password");
        add(params, this, "port");
        add(params, this, "application_name");
        add(params, this, "fallback_application_name");
        add(params, this, "connect_timeout");
        add(params, this, "options");
        const ssl = typeof this.ssl === "object" ? this.ssl : this.ssl ? { sslmode: this.ssl } : {};
        add(params, ssl, "sslmode");
        add(params, ssl, "sslca");
        add(params, ssl, "sslkey");
        add(params, ssl, "sslcert");
        add(params, ssl, "sslrootcert");
        add(params, this, "sslnegotiation");
        if (this.database) {
          params.push("dbname=" + quoteParamValue(this.database));
        }
        if (this.replication) {
          params.push("replication=" + quoteParamValue(this.replication));
        }
        if (this.host) {
          params.push("host=" + quoteParamValue(this.host));
        }
        if (this.isDomainSocket) {
          return cb(null, params.join(" "));
        }
        if (this.client_encoding) {
          params.push("client_encoding=" + quoteParamValue(this.client_encoding));
        }
        dns.lookup(this.host, function(err, address) {
          if (err) return cb(err, null);
          params.push("hostaddr=" + quoteParamValue(address));
          return cb(null, params.join(" "));
        });
      }
    };
    module.exports = ConnectionParameters;
  }
});

// node_modules/pg/lib/result.js
var require_result = __commonJS({
  "node_modules/pg/lib/result.js"(exports, module) {
    "use strict";
    var types3 = require_pg_types();
    var matchRegexp = /^([A-Za-z]+)(?: (\d+))?(?: (\d+))?/;
    var Result2 = class {
      constructor(rowMode, types4) {
        this.command = null;
        this.rowCount = null;
        this.oid = null;
        this.rows = [];
        this.fields = [];
        this._parsers = void 0;
        this._types = types4;
        this.RowCtor = null;
        this.rowAsArray = rowMode === "array";
        if (this.rowAsArray) {
          this.parseRow = this._parseRowAsArray;
        }
        this._prebuiltEmptyResultObject = null;
      }
      // adds a command complete message
      addCommandComplete(msg) {
        let match;
        if (msg.text) {
          match = matchRegexp.exec(msg.text);
        } else {
          match = matchRegexp.exec(msg.command);
        }
        if (match) {
          this.command = match[1];
          if (match[3]) {
            this.oid = parseInt(match[2], 10);
            this.rowCount = parseInt(match[3], 10);
          } else if (match[2]) {
            this.rowCount = parseInt(match[2], 10);
          }
        }
      }
      _parseRowAsArray(rowData) {
        const row = new Array(rowData.length);
        for (let i = 0, len = rowData.length; i < len; i++) {
          const rawValue = rowData[i];
          if (rawValue !== null) {
            row[i] = this._parsers[i](rawValue);
          } else {
            row[i] = null;
          }
        }
        return row;
      }
      parseRow(rowData) {
        const row = { ...this._prebuiltEmptyResultObject };
        for (let i = 0, len = rowData.length; i < len; i++) {
          const rawValue = rowData[i];
          const field = this.fields[i].name;
          if (rawValue !== null) {
            const v = this.fields[i].format === "binary" ? Buffer.from(rawValue) : rawValue;
            row[field] = this._parsers[i](v);
          } else {
            row[field] = null;
          }
        }
        return row;
      }
      addRow(row) {
        this.rows.push(row);
      }
      addFields(fieldDescriptions) {
        this.fields = fieldDescriptions;
        if (this.fields.length) {
          this._parsers = new Array(fieldDescriptions.length);
        }
        const row = /* @__PURE__ */ Object.create(null);
        for (let i = 0; i < fieldDescriptions.length; i++) {
          const desc = fieldDescriptions[i];
          row[desc.name] = null;
          if (this._types) {
            this._parsers[i] = this._types.getTypeParser(desc.dataTypeID, desc.format || "text");
          } else {
            this._parsers[i] = types3.getTypeParser(desc.dataTypeID, desc.format || "text");
          }
        }
        this._prebuiltEmptyResultObject = { ...row };
      }
    };
    module.exports = Result2;
  }
});

// node_modules/pg/lib/query.js
var require_query = __commonJS({
  "node_modules/pg/lib/query.js"(exports, module) {
    "use strict";
    var { EventEmitter } = __require("events");
    var Result2 = require_result();
    var utils = require_utils();
    var Query2 = class extends EventEmitter {
      constructor(config, values, callback) {
        super();
        config = utils.normalizeQueryConfig(config, values, callback);
        this.text = config.text;
        this.values = config.values;
        this.rows = config.rows;
        this.types = config.types;
        this.name = config.name;
        this.queryMode = config.queryMode;
        this.binary = config.binary;
        this.portal = config.portal || "";
        this.callback = config.callback;
        this._rowMode = config.rowMode;
        if (process.domain && config.callback) {
          this.callback = process.domain.bind(config.callback);
        }
        this._result = new Result2(this._rowMode, this.types);
        this._results = this._result;
        this._canceledDueToError = false;
      }
      requiresPreparation() {
        if (this.queryMode === "extended") {
          return true;
        }
        if (this.name) {
          return true;
        }
        if (this.rows) {
          return true;
        }
        if (!this.text) {
          return false;
        }
        if (!this.values) {
          return false;
        }
        return this.values.length > 0;
      }
      _checkForMultirow() {
        if (this._result.command) {
          if (!Array.isArray(this._results)) {
            this._results = [this._result];
          }
          this._result = new Result2(this._rowMode, this._result._types);
          this._results.push(this._result);
        }
      }
      // associates row metadata from the supplied
      // message with this query object
      // metadata used when parsing row results
      handleRowDescription(msg) {
        this._checkForMultirow();
        this._result.addFields(msg.fields);
        this._accumulateRows = this.callback || !this.listeners("row").length;
      }
      handleDataRow(msg) {
        let row;
        if (this._canceledDueToError) {
          return;
        }
        try {
          row = this._result.parseRow(msg.fields);
        } catch (err) {
          this._canceledDueToError = err;
          return;
        }
        this.emit("row", row, this._result);
        if (this._accumulateRows) {
          this._result.addRow(row);
        }
      }
      handleCommandComplete(msg, connection) {
        this._checkForMultirow();
        this._result.addCommandComplete(msg);
        if (this.rows) {
          connection.sync();
        }
      }
      // if a named prepared statement is created with empty query text
      // the backend will send an emptyQuery message but *not* a command complete message
      // since we pipeline sync immediately after execute we don't need to do anything here
      // unless we have rows specified, in which case we did not pipeline the initial sync call
      handleEmptyQuery(connection) {
        if (this.rows) {
          connection.sync();
        }
      }
      handleError(err, connection) {
        if (this._canceledDueToError) {
          err = this._canceledDueToError;
          this._canceledDueToError = false;
        }
        if (this.callback) {
          return this.callback(err);
        }
        this.emit("error", err);
      }
      handleReadyForQuery(con) {
        if (this._canceledDueToError) {
          return this.handleError(this._canceledDueToError, con);
        }
        if (this.callback) {
          try {
            this.callback(null, this._results);
          } catch (err) {
            process.nextTick(() => {
              throw err;
            });
          }
        }
        this.emit("end", this._results);
      }
      submit(connection) {
        if (typeof this.text !== "string" && typeof this.name !== "string") {
          return new Error("A query must have either text or a name. Supplying neither is unsupported.");
        }
        const previous = connection.parsedStatements[this.name] || connection.submittedNamedStatements[this.name];
        if (this.text && previous && this.text !== previous) {
          return new Error(`Prepared statements must be unique - '${this.name}' was used for a different statement`);
        }
        if (this.values && !Array.isArray(this.values)) {
          return new Error("Query values must be an array");
        }
        if (this.requiresPreparation()) {
          connection.stream.cork && connection.stream.cork();
          try {
            this.prepare(connection);
          } finally {
            connection.stream.uncork && connection.stream.uncork();
          }
        } else {
          connection.query(this.text);
        }
        return null;
      }
      hasBeenParsed(connection) {
        return this.name && (connection.parsedStatements[this.name] !== void 0 || connection.submittedNamedStatements[this.name] !== void 0);
      }
      handlePortalSuspended(connection) {
        this._getRows(connection, this.rows);
      }
      _getRows(connection, rows) {
        connection.execute({
          portal: this.portal,
          rows
        });
        if (!rows) {
          connection.sync();
        } else {
          connection.flush();
        }
      }
      // http://developer.postgresql.org/pgdocs/postgres/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
      prepare(connection) {
        if (!this.hasBeenParsed(connection)) {
          connection.parse({
            text: this.text,
            name: this.name,
            types: this.types
          });
          if (this.name) {
            connection.submittedNamedStatements[this.name] = this.text;
          }
        }
        try {
          connection.bind({
            portal: this.portal,
            statement: this.name,
            values: this.values,
            binary: this.binary,
            valueMapper: utils.prepareValue
          });
        } catch (err) {
          connection.close({ type: "S", name: this.name });
          connection.sync();
          this.handleError(err, connection);
          return;
        }
        connection.describe({
          type: "P",
          name: this.portal || ""
        });
        this._getRows(connection, this.rows);
      }
      handleCopyInResponse(connection) {
        connection.sendCopyFail("No source stream defined");
      }
      handleCopyData(msg, connection) {
      }
    };
    module.exports = Query2;
  }
});

// node_modules/pg-protocol/dist/messages.js
var require_messages = __commonJS({
  "node_modules/pg-protocol/dist/messages.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.NoticeMessage = exports.DataRowMessage = exports.CommandCompleteMessage = exports.ReadyForQueryMessage = exports.NotificationResponseMessage = exports.BackendKeyDataMessage = exports.AuthenticationMD5Password = exports.ParameterStatusMessage = exports.ParameterDescriptionMessage = exports.RowDescriptionMessage = exports.Field = exports.CopyResponse = exports.CopyDataMessage = exports.DatabaseError = exports.copyDone = exports.emptyQuery = exports.replicationStart = exports.portalSuspended = exports.noData = exports.closeComplete = exports.bindComplete = exports.parseComplete = void 0;
    exports.parseComplete = {
      name: "parseComplete",
      length: 5
    };
    exports.bindComplete = {
      name: "bindComplete",
      length: 5
    };
    exports.closeComplete = {
      name: "closeComplete",
      length: 5
    };
    exports.noData = {
      name: "noData",
      length: 5
    };
    exports.portalSuspended = {
      name: "portalSuspended",
      length: 5
    };
    exports.replicationStart = {
      name: "replicationStart",
      length: 4
    };
    exports.emptyQuery = {
      name: "emptyQuery",
      length: 4
    };
    exports.copyDone = {
      name: "copyDone",
      length: 4
    };
    var DatabaseError2 = class extends Error {
      constructor(message, length, name) {
        super(message);
        this.length = length;
        this.name = name;
      }
    };
    exports.DatabaseError = DatabaseError2;
    var CopyDataMessage = class {
      constructor(length, chunk) {
        this.length = length;
        this.chunk = chunk;
        this.name = "copyData";
      }
    };
    exports.CopyDataMessage = CopyDataMessage;
    var CopyResponse = class {
      constructor(length, name, binary, columnCount) {
        this.length = length;
        this.name = name;
        this.binary = binary;
        this.columnTypes = new Array(columnCount);
      }
    };
    exports.CopyResponse = CopyResponse;
    var Field = class {
      constructor(name, tableID, columnID, dataTypeID, dataTypeSize, dataTypeModifier, format) {
        this.name = name;
        this.tableID = tableID;
        this.columnID = columnID;
        this.dataTypeID = dataTypeID;
        this.dataTypeSize = dataTypeSize;
        this.dataTypeModifier = dataTypeModifier;
        this.format = format;
      }
    };
    exports.Field = Field;
    var RowDescriptionMessage = class {
      constructor(length, fieldCount) {
        this.length = length;
        this.fieldCount = fieldCount;
        this.name = "rowDescription";
        this.fields = new Array(this.fieldCount);
      }
    };
    exports.RowDescriptionMessage = RowDescriptionMessage;
    var ParameterDescriptionMessage = class {
      constructor(length, parameterCount) {
        this.length = length;
        this.parameterCount = parameterCount;
        this.name = "parameterDescription";
        this.dataTypeIDs = new Array(this.parameterCount);
      }
    };
    exports.ParameterDescriptionMessage = ParameterDescriptionMessage;
    var ParameterStatusMessage = class {
      constructor(length, parameterName, parameterValue) {
        this.length = length;
        this.parameterName = parameterName;
        this.parameterValue = parameterValue;
        this.name = "parameterStatus";
      }
    };
    exports.ParameterStatusMessage = ParameterStatusMessage;
    var AuthenticationMD5Password = class {
      constructor(length, salt) {
        this.length = length;
        this.salt = salt;
        this.name = "authenticationMD5Password";
      }
    };
    exports.AuthenticationMD5Password = AuthenticationMD5Password;
    var BackendKeyDataMessage = class {
      constructor(length, processID, secretKey) {
        this.length = length;
        this.processID = processID;
        this.secretKey = secretKey;
        this.name = "backendKeyData";
      }
    };
    exports.BackendKeyDataMessage = BackendKeyDataMessage;
    var NotificationResponseMessage = class {
      constructor(length, processId, channel, payload) {
        this.length = length;
        this.processId = processId;
        this.channel = channel;
        this.payload = payload;
        this.name = "notification";
      }
    };
    exports.NotificationResponseMessage = NotificationResponseMessage;
    var ReadyForQueryMessage = class {
      constructor(length, status) {
        this.length = length;
        this.status = status;
        this.name = "readyForQuery";
      }
    };
    exports.ReadyForQueryMessage = ReadyForQueryMessage;
    var CommandCompleteMessage = class {
      constructor(length, text) {
        this.length = length;
        this.text = text;
        this.name = "commandComplete";
      }
    };
    exports.CommandCompleteMessage = CommandCompleteMessage;
    var DataRowMessage = class {
      constructor(length, fields) {
        this.length = length;
        this.fields = fields;
        this.name = "dataRow";
        this.fieldCount = fields.length;
      }
    };
    exports.DataRowMessage = DataRowMessage;
    var NoticeMessage = class {
      constructor(length, message) {
        this.length = length;
        this.message = message;
        this.name = "notice";
      }
    };
    exports.NoticeMessage = NoticeMessage;
  }
});

// node_modules/pg-protocol/dist/buffer-writer.js
var require_buffer_writer = __commonJS({
  "node_modules/pg-protocol/dist/buffer-writer.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.Writer = void 0;
    var Writer = class {
      constructor(size = 256) {
        this.size = size;
        this.offset = 5;
        this.headerPosition = 0;
        this.buffer = Buffer.allocUnsafe(size);
      }
      ensure(size) {
        const remaining = this.buffer.length - this.offset;
        if (remaining < size) {
          const oldBuffer = this.buffer;
          const newSize = oldBuffer.length + (oldBuffer.length >> 1) + size;
          this.buffer = Buffer.allocUnsafe(newSize);
          oldBuffer.copy(this.buffer, 0, 0, this.offset);
        }
      }
      addInt32(num) {
        this.ensure(4);
        this.buffer[this.offset++] = num >>> 24 & 255;
        this.buffer[this.offset++] = num >>> 16 & 255;
        this.buffer[this.offset++] = num >>> 8 & 255;
        this.buffer[this.offset++] = num >>> 0 & 255;
        return this;
      }
      addInt16(num) {
        this.ensure(2);
        this.buffer[this.offset++] = num >>> 8 & 255;
        this.buffer[this.offset++] = num >>> 0 & 255;
        return this;
      }
      addCString(string) {
        if (!string) {
          this.ensure(1);
        } else {
          const len = Buffer.byteLength(string);
          this.ensure(len + 1);
          this.buffer.write(string, this.offset, "utf-8");
          this.offset += len;
        }
        this.buffer[this.offset++] = 0;
        return this;
      }
      addString(string = "") {
        const len = Buffer.byteLength(string);
        this.ensure(len);
        this.buffer.write(string, this.offset);
        this.offset += len;
        return this;
      }
      // Write an Int32 byte-length prefix immediately followed by the string's UTF-8
      // bytes. Postgres' Bind wire format prefixes every parameter with its length,
      // and doing it in one method computes Buffer.byteLength ONCE — the previous
      // `addInt32(Buffer.byteLength(s)).addString(s)` pairing scanned the string
      // three times (byteLength for the prefix, byteLength again inside addString,
      // then the encode), which is costly for large text parameters.
      addInt32PrefixedString(string) {
        const len = Buffer.byteLength(string);
        this.ensure(4 + len);
        const buffer = this.buffer;
        let offset = this.offset;
        buffer[offset++] = len >>> 24 & 255;
        buffer[offset++] = len >>> 16 & 255;
        buffer[offset++] = len >>> 8 & 255;
        buffer[offset++] = len >>> 0 & 255;
        buffer.write(string, offset, "utf-8");
        this.offset = offset + len;
        return this;
      }
      add(otherBuffer) {
        this.ensure(otherBuffer.length);
        otherBuffer.copy(this.buffer, this.offset);
        this.offset += otherBuffer.length;
        return this;
      }
      /**
       * Appends an uninitialized block of {@link size} bytes to the buffer and returns its offset.
       */
      reserveUnsafe(size) {
        const offset = this.offset;
        this.ensure(size);
        this.offset += size;
        return offset;
      }
      join(code) {
        if (code) {
          this.buffer[this.headerPosition] = code;
          const length = this.offset - (this.headerPosition + 1);
          this.buffer.writeInt32BE(length, this.headerPosition + 1);
        }
        return this.buffer.slice(code ? 0 : 5, this.offset);
      }
      flush(code) {
        const result = this.join(code);
        this.offset = 5;
        this.headerPosition = 0;
        this.buffer = Buffer.allocUnsafe(this.size);
        return result;
      }
      clear() {
        this.offset = 5;
        this.headerPosition = 0;
      }
    };
    exports.Writer = Writer;
  }
});

// node_modules/pg-protocol/dist/serializer.js
var require_serializer = __commonJS({
  "node_modules/pg-protocol/dist/serializer.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.serialize = void 0;
    var buffer_writer_1 = require_buffer_writer();
    var writer = new buffer_writer_1.Writer();
    var startup = (opts) => {
      writer.addInt16(3).addInt16(0);
      for (const key of Object.keys(opts)) {
        writer.addCString(key).addCString(opts[key]);
      }
      writer.addCString("client_encoding").addCString("UTF8");
      const bodyBuffer = writer.addCString("").flush();
      const length = bodyBuffer.length + 4;
      return new buffer_writer_1.Writer().addInt32(length).add(bodyBuffer).flush();
    };
    var requestSsl = () => {
      const response = Buffer.allocUnsafe(8);
      response.writeInt32BE(8, 0);
      response.writeInt32BE(80877103, 4);
      return response;
    };
    var password = (password2) => {
      return writer.addCString(password2).flush(
        112
        /* code.startup */
      );
    };
    var sendSASLInitialResponseMessage = function(mechanism, initialResponse) {
      writer.addCString(mechanism).addInt32PrefixedString(initialResponse);
      return writer.flush(
        112
        /* code.startup */
      );
    };
    var sendSCRAMClientFinalMessage = function(additionalData) {
      return writer.addString(additionalData).flush(
        112
        /* code.startup */
      );
    };
    var query = (text) => {
      return writer.addCString(text).flush(
        81
        /* code.query */
      );
    };
    var emptyArray = [];
    var parse = (query2) => {
      const name = query2.name || "";
      if (name.length > 63) {
        console.error("Warning! Postgres only supports 63 characters for query names.");
        console.error("You supplied %s (%s)", name, name.length);
        console.error("This can cause conflicts and silent errors executing queries");
      }
      const types3 = query2.types || emptyArray;
      const len = types3.length;
      const buffer = writer.addCString(name).addCString(query2.text).addInt16(len);
      for (let i = 0; i < len; i++) {
        buffer.addInt32(types3[i]);
      }
      return writer.flush(
        80
        /* code.parse */
      );
    };
    var writeValues = function(values, valueMapper, formatsOffset) {
      const len = values.length;
      for (let i = 0; i < len; i++) {
        const mappedVal = valueMapper ? valueMapper(values[i], i) : values[i];
        let formatByte = 0;
        if (mappedVal == null) {
          writer.addInt32(-1);
        } else if (mappedVal instanceof Buffer) {
          formatByte = 1;
          writer.addInt32(mappedVal.length);
          writer.add(mappedVal);
        } else {
          writer.addInt32PrefixedString(mappedVal);
        }
        const buf = writer.buffer;
        buf[formatsOffset++] = 0;
        buf[formatsOffset++] = formatByte;
      }
    };
    var bind = (config = {}) => {
      const portal = config.portal || "";
      const statement = config.statement || "";
      const binary = config.binary || false;
      const values = config.values || emptyArray;
      const len = values.length;
      writer.addCString(portal).addCString(statement);
      writer.addInt16(len);
      const formatsOffset = writer.reserveUnsafe(len * 2);
      writer.addInt16(len);
      try {
        writeValues(values, config.valueMapper, formatsOffset);
      } catch (err) {
        writer.clear();
        throw err;
      }
      writer.addInt16(1);
      writer.addInt16(
        binary ? 1 : 0
        /* ParamType.STRING */
      );
      return writer.flush(
        66
        /* code.bind */
      );
    };
    var emptyExecute = Buffer.from([69, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
    var execute = (config) => {
      if (!config || !config.portal && !config.rows) {
        return emptyExecute;
      }
      const portal = config.portal || "";
      const rows = config.rows || 0;
      const portalLength = Buffer.byteLength(portal);
      const len = 4 + portalLength + 1 + 4;
      const buff = Buffer.allocUnsafe(1 + len);
      buff[0] = 69;
      buff.writeInt32BE(len, 1);
      buff.write(portal, 5, "utf-8");
      buff[portalLength + 5] = 0;
      buff.writeUInt32BE(rows, buff.length - 4);
      return buff;
    };
    var cancel = (processID, secretKey) => {
      const buffer = Buffer.allocUnsafe(16);
      buffer.writeInt32BE(16, 0);
      buffer.writeInt16BE(1234, 4);
      buffer.writeInt16BE(5678, 6);
      buffer.writeInt32BE(processID, 8);
      buffer.writeInt32BE(secretKey, 12);
      return buffer;
    };
    var cstringMessage = (code, string) => {
      const stringLen = Buffer.byteLength(string);
      const len = 4 + stringLen + 1;
      const buffer = Buffer.allocUnsafe(1 + len);
      buffer[0] = code;
      buffer.writeInt32BE(len, 1);
      buffer.write(string, 5, "utf-8");
      buffer[len] = 0;
      return buffer;
    };
    var emptyDescribePortal = writer.addCString("P").flush(
      68
      /* code.describe */
    );
    var emptyDescribeStatement = writer.addCString("S").flush(
      68
      /* code.describe */
    );
    var describe = (msg) => {
      return msg.name ? cstringMessage(68, `${msg.type}${msg.name || ""}`) : msg.type === "P" ? emptyDescribePortal : emptyDescribeStatement;
    };
    var close = (msg) => {
      const text = `${msg.type}${msg.name || ""}`;
      return cstringMessage(67, text);
    };
    var copyData = (chunk) => {
      return writer.add(chunk).flush(
        100
        /* code.copyFromChunk */
      );
    };
    var copyFail = (message) => {
      return cstringMessage(102, message);
    };
    var codeOnlyBuffer = (code) => Buffer.from([code, 0, 0, 0, 4]);
    var flushBuffer = codeOnlyBuffer(
      72
      /* code.flush */
    );
    var syncBuffer = codeOnlyBuffer(
      83
      /* code.sync */
    );
    var endBuffer = codeOnlyBuffer(
      88
      /* code.end */
    );
    var copyDoneBuffer = codeOnlyBuffer(
      99
      /* code.copyDone */
    );
    var serialize = {
      startup,
      password,
      requestSsl,
      sendSASLInitialResponseMessage,
      sendSCRAMClientFinalMessage,
      query,
      parse,
      bind,
      execute,
      describe,
      close,
      flush: () => flushBuffer,
      sync: () => syncBuffer,
      end: () => endBuffer,
      copyData,
      copyDone: () => copyDoneBuffer,
      copyFail,
      cancel
    };
    exports.serialize = serialize;
  }
});

// node_modules/pg-protocol/dist/buffer-reader.js
var require_buffer_reader = __commonJS({
  "node_modules/pg-protocol/dist/buffer-reader.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.BufferReader = void 0;
    var BufferReader = class {
      constructor(offset = 0) {
        this.offset = offset;
        this.buffer = Buffer.allocUnsafe(0);
        this.encoding = "utf-8";
      }
      setBuffer(offset, buffer) {
        this.offset = offset;
        this.buffer = buffer;
      }
      int16() {
        const result = this.buffer.readInt16BE(this.offset);
        this.offset += 2;
        return result;
      }
      byte() {
        const result = this.buffer[this.offset];
        this.offset++;
        return result;
      }
      int32() {
        const result = this.buffer.readInt32BE(this.offset);
        this.offset += 4;
        return result;
      }
      uint32() {
        const result = this.buffer.readUInt32BE(this.offset);
        this.offset += 4;
        return result;
      }
      string(length) {
        const result = this.buffer.toString(this.encoding, this.offset, this.offset + length);
        this.offset += length;
        return result;
      }
      cstring() {
        const start = this.offset;
        let end = start;
        while (this.buffer[end++]) {
        }
        this.offset = end;
        return this.buffer.toString(this.encoding, start, end - 1);
      }
      bytes(length) {
        const result = this.buffer.slice(this.offset, this.offset + length);
        this.offset += length;
        return result;
      }
    };
    exports.BufferReader = BufferReader;
  }
});

// node_modules/pg-protocol/dist/parser.js
var require_parser = __commonJS({
  "node_modules/pg-protocol/dist/parser.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.Parser = void 0;
    var messages_1 = require_messages();
    var buffer_reader_1 = require_buffer_reader();
    var CODE_LENGTH = 1;
    var LEN_LENGTH = 4;
    var HEADER_LENGTH = CODE_LENGTH + LEN_LENGTH;
    var LATEINIT_LENGTH = -1;
    var emptyBuffer = Buffer.allocUnsafe(0);
    var Parser = class {
      constructor(opts) {
        this.buffer = emptyBuffer;
        this.bufferLength = 0;
        this.bufferOffset = 0;
        this.reader = new buffer_reader_1.BufferReader();
        if ((opts === null || opts === void 0 ? void 0 : opts.mode) === "binary") {
          throw new Error("Binary mode not supported yet");
        }
        this.mode = (opts === null || opts === void 0 ? void 0 : opts.mode) || "text";
      }
      parse(buffer, callback) {
        this.mergeBuffer(buffer);
        const bufferFullLength = this.bufferOffset + this.bufferLength;
        let offset = this.bufferOffset;
        while (offset + HEADER_LENGTH <= bufferFullLength) {
          const code = this.buffer[offset];
          const length = this.buffer.readUInt32BE(offset + CODE_LENGTH);
          const fullMessageLength = CODE_LENGTH + length;
          if (fullMessageLength + offset <= bufferFullLength) {
            const message = this.handlePacket(offset + HEADER_LENGTH, code, length, this.buffer);
            callback(message);
            offset += fullMessageLength;
          } else {
            break;
          }
        }
        if (offset === bufferFullLength) {
          this.buffer = emptyBuffer;
          this.bufferLength = 0;
          this.bufferOffset = 0;
        } else {
          this.bufferLength = bufferFullLength - offset;
          this.bufferOffset = offset;
        }
      }
      mergeBuffer(buffer) {
        if (this.bufferLength > 0) {
          const newLength = this.bufferLength + buffer.byteLength;
          const newFullLength = newLength + this.bufferOffset;
          if (newFullLength > this.buffer.byteLength) {
            let newBuffer;
            if (newLength <= this.buffer.byteLength && this.bufferOffset >= this.bufferLength) {
              newBuffer = this.buffer;
            } else {
              let newBufferLength = this.buffer.byteLength * 2;
              while (newLength >= newBufferLength) {
                newBufferLength *= 2;
              }
              newBuffer = Buffer.allocUnsafe(newBufferLength);
            }
            this.buffer.copy(newBuffer, 0, this.bufferOffset, this.bufferOffset + this.bufferLength);
            this.buffer = newBuffer;
            this.bufferOffset = 0;
          }
          buffer.copy(this.buffer, this.bufferOffset + this.bufferLength);
          this.bufferLength = newLength;
        } else {
          this.buffer = buffer;
          this.bufferOffset = 0;
          this.bufferLength = buffer.byteLength;
        }
      }
      handlePacket(offset, code, length, bytes) {
        const { reader } = this;
        reader.setBuffer(offset, bytes);
        let message;
        switch (code) {
          case 50:
            message = messages_1.bindComplete;
            break;
          case 49:
            message = messages_1.parseComplete;
            break;
          case 51:
            message = messages_1.closeComplete;
            break;
          case 110:
            message = messages_1.noData;
            break;
          case 115:
            message = messages_1.portalSuspended;
            break;
          case 99:
            message = messages_1.copyDone;
            break;
          case 87:
            message = messages_1.replicationStart;
            break;
          case 73:
            message = messages_1.emptyQuery;
            break;
          case 68:
            message = parseDataRowMessage(reader);
            break;
          case 67:
            message = parseCommandCompleteMessage(reader);
            break;
          case 90:
            message = parseReadyForQueryMessage(reader);
            break;
          case 65:
            message = parseNotificationMessage(reader);
            break;
          case 82:
            message = parseAuthenticationResponse(reader, length);
            break;
          case 83:
            message = parseParameterStatusMessage(reader);
            break;
          case 75:
            message = parseBackendKeyData(reader);
            break;
          case 69:
            message = parseErrorMessage(reader, "error");
            break;
          case 78:
            message = parseErrorMessage(reader, "notice");
            break;
          case 84:
            message = parseRowDescriptionMessage(reader);
            break;
          case 116:
            message = parseParameterDescriptionMessage(reader);
            break;
          case 71:
            message = parseCopyInMessage(reader);
            break;
          case 72:
            message = parseCopyOutMessage(reader);
            break;
          case 100:
            message = parseCopyData(reader, length);
            break;
          default:
            return new messages_1.DatabaseError("received invalid response: " + code.toString(16), length, "error");
        }
        reader.setBuffer(0, emptyBuffer);
        message.length = length;
        return message;
      }
    };
    exports.Parser = Parser;
    var parseReadyForQueryMessage = (reader) => {
      const status = reader.string(1);
      return new messages_1.ReadyForQueryMessage(LATEINIT_LENGTH, status);
    };
    var parseCommandCompleteMessage = (reader) => {
      const text = reader.cstring();
      return new messages_1.CommandCompleteMessage(LATEINIT_LENGTH, text);
    };
    var parseCopyData = (reader, length) => {
      const chunk = reader.bytes(length - 4);
      return new messages_1.CopyDataMessage(LATEINIT_LENGTH, chunk);
    };
    var parseCopyInMessage = (reader) => parseCopyMessage(reader, "copyInResponse");
    var parseCopyOutMessage = (reader) => parseCopyMessage(reader, "copyOutResponse");
    var parseCopyMessage = (reader, messageName) => {
      const isBinary = reader.byte() !== 0;
      const columnCount = reader.int16();
      const message = new messages_1.CopyResponse(LATEINIT_LENGTH, messageName, isBinary, columnCount);
      for (let i = 0; i < columnCount; i++) {
        message.columnTypes[i] = reader.int16();
      }
      return message;
    };
    var parseNotificationMessage = (reader) => {
      const processId = reader.int32();
      const channel = reader.cstring();
      const payload = reader.cstring();
      return new messages_1.NotificationResponseMessage(LATEINIT_LENGTH, processId, channel, payload);
    };
    var parseRowDescriptionMessage = (reader) => {
      const fieldCount = reader.int16();
      const message = new messages_1.RowDescriptionMessage(LATEINIT_LENGTH, fieldCount);
      for (let i = 0; i < fieldCount; i++) {
        message.fields[i] = parseField(reader);
      }
      return message;
    };
    var parseField = (reader) => {
      const name = reader.cstring();
      const tableID = reader.uint32();
      const columnID = reader.int16();
      const dataTypeID = reader.uint32();
      const dataTypeSize = reader.int16();
      const dataTypeModifier = reader.int32();
      const mode = reader.int16() === 0 ? "text" : "binary";
      return new messages_1.Field(name, tableID, columnID, dataTypeID, dataTypeSize, dataTypeModifier, mode);
    };
    var parseParameterDescriptionMessage = (reader) => {
      const parameterCount = reader.int16();
      const message = new messages_1.ParameterDescriptionMessage(LATEINIT_LENGTH, parameterCount);
      for (let i = 0; i < parameterCount; i++) {
        message.dataTypeIDs[i] = reader.uint32();
      }
      return message;
    };
    var parseDataRowMessage = (reader) => {
      const fieldCount = reader.int16();
      const fields = new Array(fieldCount);
      for (let i = 0; i < fieldCount; i++) {
        const len = reader.int32();
        fields[i] = len === -1 ? null : reader.string(len);
      }
      return new messages_1.DataRowMessage(LATEINIT_LENGTH, fields);
    };
    var parseParameterStatusMessage = (reader) => {
      const name = reader.cstring();
      const value = reader.cstring();
      return new messages_1.ParameterStatusMessage(LATEINIT_LENGTH, name, value);
    };
    var parseBackendKeyData = (reader) => {
      const processID = reader.int32();
      const secretKey = reader.int32();
      return new messages_1.BackendKeyDataMessage(LATEINIT_LENGTH, processID, secretKey);
    };
    var parseAuthenticationResponse = (reader, length) => {
      const code = reader.int32();
      const message = {
        name: "authenticationOk",
        length
      };
      switch (code) {
        case 0:
          break;
        case 3:
          if (message.length === 8) {
            message.name = "authenticationCleartextPassword";
          }
          break;
        case 5:
          if (message.length === 12) {
            message.name = "authenticationMD5Password";
            const salt = reader.bytes(4);
            return new messages_1.AuthenticationMD5Password(LATEINIT_LENGTH, salt);
          }
          break;
        case 10:
          {
            message.name = "authenticationSASL";
            message.mechanisms = [];
            let mechanism;
            do {
              mechanism = reader.cstring();
              if (mechanism) {
                message.mechanisms.push(mechanism);
              }
            } while (mechanism);
          }
          break;
        case 11:
          message.name = "authenticationSASLContinue";
          message.data = reader.string(length - 8);
          break;
        case 12:
          message.name = "authenticationSASLFinal";
          message.data = reader.string(length - 8);
          break;
        default:
          throw new Error("Unknown authenticationOk message type " + code);
      }
      return message;
    };
    var parseErrorMessage = (reader, name) => {
      const fields = {};
      let fieldType = reader.string(1);
      while (fieldType !== "\0") {
        fields[fieldType] = reader.cstring();
        fieldType = reader.string(1);
      }
      const messageValue = fields.M;
      const message = name === "notice" ? new messages_1.NoticeMessage(LATEINIT_LENGTH, messageValue) : new messages_1.DatabaseError(messageValue, LATEINIT_LENGTH, name);
      message.severity = fields.S;
      message.code = fields.C;
      message.detail = fields.D;
      message.hint = fields.H;
      message.position = fields.P;
      message.internalPosition = fields.p;
      message.internalQuery = fields.q;
      message.where = fields.W;
      message.schema = fields.s;
      message.table = fields.t;
      message.column = fields.c;
      message.dataType = fields.d;
      message.constraint = fields.n;
      message.file = fields.F;
      message.line = fields.L;
      message.routine = fields.R;
      return message;
    };
  }
});

// node_modules/pg-protocol/dist/index.js
var require_dist = __commonJS({
  "node_modules/pg-protocol/dist/index.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.DatabaseError = exports.serialize = void 0;
    exports.parse = parse;
    var messages_1 = require_messages();
    Object.defineProperty(exports, "DatabaseError", { enumerable: true, get: function() {
      return messages_1.DatabaseError;
    } });
    var serializer_1 = require_serializer();
    Object.defineProperty(exports, "serialize", { enumerable: true, get: function() {
      return serializer_1.serialize;
    } });
    var parser_1 = require_parser();
    function parse(stream, callback) {
      const parser = new parser_1.Parser();
      stream.on("data", (buffer) => parser.parse(buffer, callback));
      return new Promise((resolve) => stream.on("end", () => resolve()));
    }
  }
});

// node_modules/pg-cloudflare/dist/empty.js
var require_empty = __commonJS({
  "node_modules/pg-cloudflare/dist/empty.js"(exports) {
    "use strict";
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.default = {};
  }
});

// node_modules/pg/lib/stream.js
var require_stream = __commonJS({
  "node_modules/pg/lib/stream.js"(exports, module) {
    var { getStream, getSecureStream } = getStreamFuncs();
    module.exports = {
      /**
       * Get a socket stream compatible with the current runtime environment.
       * @returns {Duplex}
       */
      getStream,
      /**
       * Get a TLS secured socket, compatible with the current environment,
       * using the socket and other settings given in `options`.
       * @returns {Duplex}
       */
      getSecureStream
    };
    function getNodejsStreamFuncs() {
      function getStream2(ssl) {
        const net = __require("net");
        return new net.Socket();
      }
      function getSecureStream2(options) {
        const tls = __require("tls");
        return tls.connect(options);
      }
      return {
        getStream: getStream2,
        getSecureStream: getSecureStream2
      };
    }
    function getCloudflareStreamFuncs() {
      function getStream2(ssl) {
        const { CloudflareSocket } = require_empty();
        return new CloudflareSocket(ssl);
      }
      function getSecureStream2(options) {
        options.socket.startTls(options);
        return options.socket;
      }
      return {
        getStream: getStream2,
        getSecureStream: getSecureStream2
      };
    }
    function isCloudflareRuntime() {
      if (typeof navigator === "object" && navigator !== null && typeof navigator.userAgent === "string") {
        return navigator.userAgent === "Cloudflare-Workers";
      }
      if (typeof Response === "function") {
        const resp = new Response(null, { cf: { thing: true } });
        if (typeof resp.cf === "object" && resp.cf !== null && resp.cf.thing) {
          return true;
        }
      }
      return false;
    }
    function getStreamFuncs() {
      if (isCloudflareRuntime()) {
        return getCloudflareStreamFuncs();
      }
      return getNodejsStreamFuncs();
    }
  }
});

// node_modules/pg/lib/connection.js
var require_connection = __commonJS({
  "node_modules/pg/lib/connection.js"(exports, module) {
    "use strict";
    var EventEmitter = __require("events").EventEmitter;
    var { parse, serialize } = require_dist();
    var stream = require_stream();
    var { getStream } = stream;
    var flushBuffer = serialize.flush();
    var syncBuffer = serialize.sync();
    var endBuffer = serialize.end();
    var Connection2 = class extends EventEmitter {
      constructor(config) {
        super();
        config = config || {};
        this.stream = config.stream || getStream(config.ssl);
        if (typeof this.stream === "function") {
          this.stream = this.stream(config);
        }
        this._keepAlive = config.keepAlive;
        this._keepAliveInitialDelayMillis = config.keepAliveInitialDelayMillis;
        this.parsedStatements = {};
        this.submittedNamedStatements = {};
        this.ssl = config.ssl || false;
        this.sslNegotiation = config.sslNegotiation || "postgres";
        this._ending = false;
        this._emitMessage = false;
        const self = this;
        this.on("newListener", function(eventName) {
          if (eventName === "message") {
            self._emitMessage = true;
          }
        });
      }
      connect(port, host) {
        const self = this;
        this._connecting = true;
        this.stream.setNoDelay(true);
        this.stream.connect(port, host);
        this.stream.once("connect", function() {
          if (self._keepAlive) {
            self.stream.setKeepAlive(true, self._keepAliveInitialDelayMillis);
          }
          self.emit("connect");
        });
        const reportStreamError = function(error) {
          if (self._ending && (error.code === "ECONNRESET" || error.code === "EPIPE")) {
            return;
          }
          self.emit("error", error);
        };
        this.stream.on("error", reportStreamError);
        this.stream.on("close", function() {
          self.emit("end");
        });
        if (!this.ssl) {
          return this.attachListeners(this.stream);
        }
        if (this.sslNegotiation === "direct") {
          return this.stream.once("connect", function() {
            self.upgradeToSSL(host, reportStreamError);
          });
        }
        this.stream.once("data", function(buffer) {
          const responseCode = buffer.toString("utf8");
          switch (responseCode) {
            case "S":
              break;
            case "N":
              self.stream.end();
              return self.emit("error", new Error("The server does not support SSL connections"));
            default:
              self.stream.end();
              return self.emit("error", new Error("There was an error establishing an SSL connection"));
          }
          self.upgradeToSSL(host, reportStreamError);
        });
      }
      upgradeToSSL(host, reportStreamError) {
        const self = this;
        const options = {
          socket: self.stream,
          // tls.connect checks the server identity against `servername`, falling
          // back to `host` and then to 'localhost'. `servername` must stay unset
          // for IP addresses (see below), so `host` is needed to keep certificate
          // validation working when connecting to an IP address.
          host
        };
        if (self.ssl !== true) {
          Object.assign(options, self.ssl);
          if ("key" in self.ssl) {
            options.key = self.ssl.key;
          }
        }
        if (self.sslNegotiation === "direct") {
          options.ALPNProtocols = ["postgresql"];
        }
        const net = __require("net");
        if (net.isIP && net.isIP(host) === 0) {
          options.servername = host;
        }
        try {
          self.stream = stream.getSecureStream(options);
        } catch (err) {
          return self.emit("error", err);
        }
        self.attachListeners(self.stream);
        self.stream.on("error", reportStreamError);
        self.emit("sslconnect");
      }
      attachListeners(stream2) {
        parse(stream2, (msg) => {
          const eventName = msg.name === "error" ? "errorMessage" : msg.name;
          if (this._emitMessage) {
            this.emit("message", msg);
          }
          this.emit(eventName, msg);
        });
      }
      requestSsl() {
        this.stream.write(serialize.requestSsl());
      }
      startup(config) {
        this.stream.write(serialize.startup(config));
      }
      cancel(processID, secretKey) {
        this._send(serialize.cancel(processID, secretKey));
      }
      password(password) {
        this._send(serialize.password(password));
      }
      sendSASLInitialResponseMessage(mechanism, initialResponse) {
        this._send(serialize.sendSASLInitialResponseMessage(mechanism, initialResponse));
      }
      sendSCRAMClientFinalMessage(additionalData) {
        this._send(serialize.sendSCRAMClientFinalMessage(additionalData));
      }
      _send(buffer) {
        if (!this.stream.writable) {
          return false;
        }
        return this.stream.write(buffer);
      }
      query(text) {
        this._send(serialize.query(text));
      }
      // send parse message
      parse(query) {
        this._send(serialize.parse(query));
      }
      // send bind message
      bind(config) {
        this._send(serialize.bind(config));
      }
      // send execute message
      execute(config) {
        this._send(serialize.execute(config));
      }
      flush() {
        if (this.stream.writable) {
          this.stream.write(flushBuffer);
        }
      }
      sync() {
        this._send(syncBuffer);
      }
      ref() {
        this.stream.ref();
      }
      unref() {
        this.stream.unref();
      }
      end() {
        this._ending = true;
        if (!this._connecting || !this.stream.writable) {
          this.stream.end();
          return;
        }
        return this.stream.write(endBuffer, () => {
          this.stream.end();
        });
      }
      close(msg) {
        this._send(serialize.close(msg));
      }
      describe(msg) {
        this._send(serialize.describe(msg));
      }
      sendCopyFromChunk(chunk) {
        this._send(serialize.copyData(chunk));
      }
      endCopyFrom() {
        this._send(serialize.copyDone());
      }
      sendCopyFail(msg) {
        this._send(serialize.copyFail(msg));
      }
    };
    module.exports = Connection2;
  }
});

// node_modules/split2/index.js
var require_split2 = __commonJS({
  "node_modules/split2/index.js"(exports, module) {
    "use strict";
    var { Transform } = __require("stream");
    var { StringDecoder } = __require("string_decoder");
    var kLast = /* @__PURE__ */ Symbol("last");
    var kDecoder = /* @__PURE__ */ Symbol("decoder");
    function transform(chunk, enc, cb) {
      let list;
      if (this.overflow) {
        const buf = this[kDecoder].write(chunk);
        list = buf.split(this.matcher);
        if (list.length === 1) return cb();
        list.shift();
        this.overflow = false;
      } else {
        this[kLast] += this[kDecoder].write(chunk);
        list = this[kLast].split(this.matcher);
      }
      this[kLast] = list.pop();
      for (let i = 0; i < list.length; i++) {
        try {
          push(this, this.mapper(list[i]));
        } catch (error) {
          return cb(error);
        }
      }
      this.overflow = this[kLast].length > this.maxLength;
      if (this.overflow && !this.skipOverflow) {
        cb(new Error("maximum buffer reached"));
        return;
      }
      cb();
    }
    function flush(cb) {
      this[kLast] += this[kDecoder].end();
      if (this[kLast]) {
        try {
          push(this, this.mapper(this[kLast]));
        } catch (error) {
          return cb(error);
        }
      }
      cb();
    }
    function push(self, val) {
      if (val !== void 0) {
        self.push(val);
      }
    }
    function noop(incoming) {
      return incoming;
    }
    function split(matcher, mapper, options) {
      matcher = matcher || /\r?\n/;
      mapper = mapper || noop;
      options = options || {};
      switch (arguments.length) {
        case 1:
          if (typeof matcher === "function") {
            mapper = matcher;
            matcher = /\r?\n/;
          } else if (typeof matcher === "object" && !(matcher instanceof RegExp) && !matcher[Symbol.split]) {
            options = matcher;
            matcher = /\r?\n/;
          }
          break;
        case 2:
          if (typeof matcher === "function") {
            options = mapper;
            mapper = matcher;
            matcher = /\r?\n/;
          } else if (typeof mapper === "object") {
            options = mapper;
            mapper = noop;
          }
      }
      options = Object.assign({}, options);
      options.autoDestroy = true;
      options.transform = transform;
      options.flush = flush;
      options.readableObjectMode = true;
      const stream = new Transform(options);
      stream[kLast] = "";
      stream[kDecoder] = new StringDecoder("utf8");
      stream.matcher = matcher;
      stream.mapper = mapper;
      stream.maxLength = options.maxLength;
      stream.skipOverflow = options.skipOverflow || false;
      stream.overflow = false;
      stream._destroy = function(err, cb) {
        this._writableState.errorEmitted = false;
        cb(err);
      };
      return stream;
    }
    module.exports = split;
  }
});

// node_modules/pgpass/lib/helper.js
var require_helper = __commonJS({
  "node_modules/pgpass/lib/helper.js"(exports, module) {
    "use strict";
    var path = __require("path");
    var Stream = __require("stream").Stream;
    var split = require_split2();
    var util = __require("util");
    var defaultPort = 5432;
    var isWin = process.platform === "win32";
    var warnStream = process.stderr;
    var S_IRWXG = 56;
    var S_IRWXO = 7;
    var S_IFMT = 61440;
    var S_IFREG = 32768;
    function isRegFile(mode) {
      return (mode & S_IFMT) == S_IFREG;
    }
    var fieldNames = ["host", "port", "database", "user", "password"];
    var nrOfFields = fieldNames.length;
    var passKey = fieldNames[nrOfFields - 1];
    function warn() {
      var isWritable = warnStream instanceof Stream && true === warnStream.writable;
      if (isWritable) {
        var args = Array.prototype.slice.call(arguments).concat("\n");
        warnStream.write(util.format.apply(util, args));
      }
    }
    Object.defineProperty(module.exports, "isWin", {
      get: function() {
        return isWin;
      },
      set: function(val) {
        isWin = val;
      }
    });
    module.exports.warnTo = function(stream) {
      var old = warnStream;
      warnStream = stream;
      return old;
    };
    module.exports.getFileName = function(rawEnv) {
      var env = rawEnv || process.env;
      var file = env.PGPASSFILE || (isWin ? path.join(env.APPDATA || "./", "postgresql", "pgpass.conf") : path.join(env.HOME || "./", ".pgpass"));
      return file;
    };
    module.exports.usePgPass = function(stats, fname) {
      if (Object.prototype.hasOwnProperty.call(process.env, "PGPASSWORD")) {
        return false;
      }
      if (isWin) {
        return true;
      }
      fname = fname || "<unkn>";
      if (!isRegFile(stats.mode)) {
        warn('WARNING: password file "%s" is not a plain file', fname);
        return false;
      }
      if (stats.mode & (S_IRWXG | S_IRWXO)) {
        warn('WARNING: password file "%s" has group or world access; permissions should be u=rw (0600) or less', fname);
        return false;
      }
      return true;
    };
    var matcher = module.exports.match = function(connInfo, entry) {
      return fieldNames.slice(0, -1).reduce(function(prev, field, idx) {
        if (idx == 1) {
          if (Number(connInfo[field] || defaultPort) === Number(entry[field])) {
            return prev && true;
          }
        }
        return prev && (entry[field] === "*" || entry[field] === connInfo[field]);
      }, true);
    };
    module.exports.getPassword = function(connInfo, stream, cb) {
      var pass;
      var lineStream = stream.pipe(split());
      function onLine(line) {
        var entry = parseLine(line);
        if (entry && isValidEntry(entry) && matcher(connInfo, entry)) {
          pass = entry[passKey];
          lineStream.end();
        }
      }
      var onEnd = function() {
        stream.destroy();
        cb(pass);
      };
      var onErr = function(err) {
        stream.destroy();
        warn("WARNING: error on reading file: %s", err);
        cb(void 0);
      };
      stream.on("error", onErr);
      lineStream.on("data", onLine).on("end", onEnd).on("error", onErr);
    };
    var parseLine = module.exports.parseLine = function(line) {
      if (line.length < 11 || line.match(/^\s+#/)) {
        return null;
      }
      var curChar = "";
      var prevChar = "";
      var fieldIdx = 0;
      var startIdx = 0;
      var endIdx = 0;
      var obj = {};
      var isLastField = false;
      var addToObj = function(idx, i0, i1) {
        var field = line.substring(i0, i1);
        if (!Object.hasOwnProperty.call(process.env, "PGPASS_NO_DEESCAPE")) {
          field = field.replace(/\\([:\\])/g, "$1");
        }
        obj[fieldNames[idx]] = field;
      };
      for (var i = 0; i < line.length - 1; i += 1) {
        curChar = line.charAt(i + 1);
        prevChar = line.charAt(i);
        isLastField = fieldIdx == nrOfFields - 1;
        if (isLastField) {
          addToObj(fieldIdx, startIdx);
          break;
        }
        if (i >= 0 && curChar == ":" && prevChar !== "\\") {
          addToObj(fieldIdx, startIdx, i + 1);
          startIdx = i + 2;
          fieldIdx += 1;
        }
      }
      obj = Object.keys(obj).length === nrOfFields ? obj : null;
      return obj;
    };
    var isValidEntry = module.exports.isValidEntry = function(entry) {
      var rules = {
        // host
        0: function(x) {
          return x.length > 0;
        },
        // port
        1: function(x) {
          if (x === "*") {
            return true;
          }
          x = Number(x);
          return isFinite(x) && x > 0 && x < 9007199254740992 && Math.floor(x) === x;
        },
        // database
        2: function(x) {
          return x.length > 0;
        },
        // username
        3: function(x) {
          return x.length > 0;
        },
        // password
        4: function(x) {
          return x.length > 0;
        }
      };
      for (var idx = 0; idx < fieldNames.length; idx += 1) {
        var rule = rules[idx];
        var value = entry[fieldNames[idx]] || "";
        var res = rule(value);
        if (!res) {
          return false;
        }
      }
      return true;
    };
  }
});

// node_modules/pgpass/lib/index.js
var require_lib = __commonJS({
  "node_modules/pgpass/lib/index.js"(exports, module) {
    "use strict";
    var path = __require("path");
    var fs = __require("fs");
    var helper = require_helper();
    module.exports = function(connInfo, cb) {
      var file = helper.getFileName();
      fs.stat(file, function(err, stat) {
        if (err || !helper.usePgPass(stat, file)) {
          return cb(void 0);
        }
        var st = fs.createReadStream(file);
        helper.getPassword(connInfo, st, cb);
      });
    };
    module.exports.warnTo = helper.warnTo;
  }
});

// node_modules/pg/lib/client.js
var require_client = __commonJS({
  "node_modules/pg/lib/client.js"(exports, module) {
    var EventEmitter = __require("events").EventEmitter;
    var utils = require_utils();
    var nodeUtils = __require("util");
    var sasl = require_sasl();
    var TypeOverrides2 = require_type_overrides();
    var ConnectionParameters = require_connection_parameters();
    var Query2 = require_query();
    var defaults2 = require_defaults();
    var Connection2 = require_connection();
    var crypto = require_utils2();
    var activeQueryDeprecationNotice = nodeUtils.deprecate(
      () => {
      },
      "Client.activeQuery is deprecated and will be removed in pg@9.0"
    );
    var queryQueueDeprecationNotice = nodeUtils.deprecate(
      () => {
      },
      "Client.queryQueue is deprecated and will be removed in pg@9.0."
    );
    var pgPassDeprecationNotice = nodeUtils.deprecate(
      () => {
      },
      "pgpass support is deprecated and will be removed in pg@9.0. You can provide an async function as the password property to the Client/Pool constructor that returns a password instead. Within this function you can call the pgpass module in your own code."
    );
    var byoPromiseDeprecationNotice = nodeUtils.deprecate(
      () => {
      },
      "Passing a custom Promise implementation to the Client/Pool constructor is deprecated and will be removed in pg@9.0."
    );
    var queryQueueLengthDeprecationNotice = nodeUtils.deprecate(
      () => {
      },
      "Calling client.query() when the client is already executing a query is deprecated and will be removed in pg@9.0. Use async/await or an external async flow control mechanism instead."
    );
    function coerceNumberOrDefault(value, defaultValue) {
      if (typeof value === "number") {
        return Number.isFinite(value) ? value : defaultValue;
      }
      if (typeof value === "string" && value.trim() !== "") {
        const n = Number(value);
        return Number.isFinite(n) ? n : defaultValue;
      }
      return defaultValue;
    }
    var Client2 = class extends EventEmitter {
      constructor(config) {
        super();
        this.connectionParameters = new ConnectionParameters(config);
        this.user = this.connectionParameters.user;
        this.database = this.connectionParameters.database;
        this.port = this.connectionParameters.port;
        this.host = this.connectionParameters.host;
        Object.defineProperty(this, "password", {
          configurable: true,
          enumerable: false,
          writable: true,
          value: this.connectionParameters.password
        });
        this.replication = this.connectionParameters.replication;
        const c = config || {};
        if (c.Promise) {
          byoPromiseDeprecationNotice();
        }
        this._Promise = c.Promise || global.Promise;
        this._types = new TypeOverrides2(c.types);
        this._ending = false;
        this._ended = false;
        this._connecting = false;
        this._connected = false;
        this._connectionError = false;
        this._queryable = true;
        this._activeQuery = null;
        this._txStatus = null;
        this.enableChannelBinding = Boolean(c.enableChannelBinding);
        this.scramMaxIterations = coerceNumberOrDefault(c.scramMaxIterations, sasl.DEFAULT_MAX_SCRAM_ITERATIONS);
        this.connection = c.connection || new Connection2({
          stream: c.stream,
          ssl: this.connectionParameters.ssl,
          sslNegotiation: this.connectionParameters.sslnegotiation,
          keepAlive: c.keepAlive || false,
          keepAliveInitialDelayMillis: c.keepAliveInitialDelayMillis || 0,
          encoding: this.connectionParameters.client_encoding || "utf8"
        });
        this._queryQueue = [];
        this._sentQueryQueue = [];
        this.pipeline = Boolean(c.pipeline);
        this.binary = c.binary || defaults2.binary;
        this.processID = null;
        this.secretKey = null;
        this.ssl = this.connectionParameters.ssl || false;
        this.sslNegotiation = this.connectionParameters.sslnegotiation || "postgres";
        if (this.ssl && this.ssl.key) {
          Object.defineProperty(this.ssl, "key", {
            enumerable: false
          });
        }
        this._connectionTimeoutMillis = c.connectionTimeoutMillis || 0;
      }
      get activeQuery() {
        activeQueryDeprecationNotice();
        return this._activeQuery;
      }
      set activeQuery(val) {
        activeQueryDeprecationNotice();
        this._activeQuery = val;
      }
      _getActiveQuery() {
        return this._activeQuery;
      }
      _errorAllQueries(err) {
        const enqueueError = (query) => {
          process.nextTick(() => {
            query.handleError(err, this.connection);
          });
        };
        const activeQuery = this._getActiveQuery();
        if (activeQuery) {
          enqueueError(activeQuery);
          this._activeQuery = null;
        }
        this._sentQueryQueue.forEach(enqueueError);
        this._sentQueryQueue.length = 0;
        this._queryQueue.forEach(enqueueError);
        this._queryQueue.length = 0;
      }
      _connect(callback) {
        const self = this;
        const con = this.connection;
        this._connectionCallback = callback;
        if (this._connecting || this._connected) {
          const err = new Error("Client has already been connected. You cannot reuse a client.");
          process.nextTick(() => {
            callback(err);
          });
          return;
        }
        this._connecting = true;
        if (this._connectionTimeoutMillis > 0) {
          this.connectionTimeoutHandle = setTimeout(() => {
            con._ending = true;
            con.stream.destroy(new Error("timeout expired"));
          }, this._connectionTimeoutMillis);
          if (this.connectionTimeoutHandle.unref) {
            this.connectionTimeoutHandle.unref();
          }
        }
        if (this.host && this.host.indexOf("/") === 0) {
          con.connect(this.host + "/.s.PGSQL." + this.port);
        } else {
          con.connect(this.port, this.host);
        }
        con.on("connect", function() {
          if (self.ssl) {
            if (self.sslNegotiation !== "direct") {
              con.requestSsl();
            }
          } else {
            con.startup(self.getStartupConf());
          }
        });
        con.on("sslconnect", function() {
          con.startup(self.getStartupConf());
        });
        this._attachListeners(con);
        con.once("end", () => {
          const error = this._ending ? new Error("Connection terminated") : new Error("Connection terminated unexpectedly");
          clearTimeout(this.connectionTimeoutHandle);
          this._errorAllQueries(error);
          this._ended = true;
          if (!this._ending) {
            if (this._connecting && !this._connectionError) {
              if (this._connectionCallback) {
                this._connectionCallback(error);
              } else {
                this._handleErrorEvent(error);
              }
            } else if (!this._connectionError) {
              this._handleErrorEvent(error);
            }
          }
          process.nextTick(() => {
            this.emit("end");
          });
        });
      }
      connect(callback) {
        if (callback) {
          this._connect(callback);
          return;
        }
        return new this._Promise((resolve, reject) => {
          this._connect((error) => {
            if (error) {
              reject(error);
            } else {
              resolve(this);
            }
          });
        });
      }
      _attachListeners(con) {
        con.on("authenticationCleartextPassword", this._handleAuthCleartextPassword.bind(this));
        con.on("authenticationMD5Password", this._handleAuthMD5Password.bind(this));
        con.on("authenticationSASL", this._handleAuthSASL.bind(this));
        con.on("authenticationSASLContinue", this._handleAuthSASLContinue.bind(this));
        con.on("authenticationSASLFinal", this._handleAuthSASLFinal.bind(this));
        con.on("backendKeyData", this._handleBackendKeyData.bind(this));
        con.on("error", this._handleErrorEvent.bind(this));
        con.on("errorMessage", this._handleErrorMessage.bind(this));
        con.on("readyForQuery", this._handleReadyForQuery.bind(this));
        con.on("notice", this._handleNotice.bind(this));
        con.on("rowDescription", this._handleRowDescription.bind(this));
        con.on("dataRow", this._handleDataRow.bind(this));
        con.on("portalSuspended", this._handlePortalSuspended.bind(this));
        con.on("emptyQuery", this._handleEmptyQuery.bind(this));
        con.on("commandComplete", this._handleCommandComplete.bind(this));
        con.on("parseComplete", this._handleParseComplete.bind(this));
        con.on("copyInResponse", this._handleCopyInResponse.bind(this));
        con.on("copyData", this._handleCopyData.bind(this));
        con.on("notification", this._handleNotification.bind(this));
      }
      _getPassword(cb) {
        const con = this.connection;
        if (typeof this.password === "function") {
          this._Promise.resolve().then(() => this.password(this.connectionParameters)).then((pass) => {
            if (pass !== void 0) {
              if (typeof pass !== "string") {
                con.emit("error", new TypeError("Password must be a string"));
                return;
              }
              this.connectionParameters.password = this.password = pass;
            } else {
              this.connectionParameters.password = this.password = null;
            }
            cb();
          }).catch((err) => {
            con.emit("error", err);
          });
        } else if (this.password !== null) {
          cb();
        } else {
          try {
            const pgPass = require_lib();
            pgPass(this.connectionParameters, (pass) => {
              if (void 0 !== pass) {
                pgPassDeprecationNotice();
                this.connectionParameters.password = this.password = pass;
              }
              cb();
            });
          } catch (e) {
            this.emit("error", e);
          }
        }
      }
      _handleAuthCleartextPassword(msg) {
        this._getPassword(() => {
          this.connection.password(this.password);
        });
      }
      _handleAuthMD5Password(msg) {
        this._getPassword(async () => {
          try {
            const hashedPassword = await crypto.postgresMd5PasswordHash(this.user, this.password, msg.salt);
            this.connection.password(hashedPassword);
          } catch (e) {
            this.emit("error", e);
          }
        });
      }
      _handleAuthSASL(msg) {
        this._getPassword(() => {
          try {
            this.saslSession = sasl.startSession(
              msg.mechanisms,
              this.enableChannelBinding && this.connection.stream,
              this.scramMaxIterations
            );
            this.connection.sendSASLInitialResponseMessage(this.saslSession.mechanism, this.saslSession.response);
          } catch (err) {
            this.connection.emit("error", err);
          }
        });
      }
      async _handleAuthSASLContinue(msg) {
        try {
          await sasl.continueSession(
            this.saslSession,
            this.password,
            msg.data,
            this.enableChannelBinding && this.connection.stream
          );
          this.connection.sendSCRAMClientFinalMessage(this.saslSession.response);
        } catch (err) {
          this.connection.emit("error", err);
        }
      }
      _handleAuthSASLFinal(msg) {
        try {
          sasl.finalizeSession(this.saslSession, msg.data);
          this.saslSession = null;
        } catch (err) {
          this.connection.emit("error", err);
        }
      }
      _handleBackendKeyData(msg) {
        this.processID = msg.processID;
        this.secretKey = msg.secretKey;
      }
      _handleReadyForQuery(msg) {
        if (this._connecting) {
          this._connecting = false;
          this._connected = true;
          clearTimeout(this.connectionTimeoutHandle);
          if (this._connectionCallback) {
            this._connectionCallback(null, this);
            this._connectionCallback = null;
          }
          this.emit("connect");
        }
        const activeQuery = this._getActiveQuery();
        this._activeQuery = null;
        this._txStatus = msg?.status ?? null;
        this.readyForQuery = true;
        if (activeQuery) {
          activeQuery.handleReadyForQuery(this.connection);
        }
        this._pulseQueryQueue();
      }
      // if we receive an error event or error message
      // during the connection process we handle it here
      _handleErrorWhileConnecting(err) {
        if (this._connectionError) {
          return;
        }
        this._connectionError = true;
        clearTimeout(this.connectionTimeoutHandle);
        if (this._connectionCallback) {
          return this._connectionCallback(err);
        }
        this.emit("error", err);
      }
      // if we're connected and we receive an error event from the connection
      // this means the socket is dead - do a hard abort of all queries and emit
      // the socket error on the client as well
      _handleErrorEvent(err) {
        if (this._connecting) {
          return this._handleErrorWhileConnecting(err);
        }
        this._queryable = false;
        this._errorAllQueries(err);
        this.emit("error", err);
      }
      // handle error messages from the postgres backend
      _handleErrorMessage(msg) {
        if (this._connecting) {
          return this._handleErrorWhileConnecting(msg);
        }
        const activeQuery = this._getActiveQuery();
        if (!activeQuery) {
          this._handleErrorEvent(msg);
          return;
        }
        this._activeQuery = null;
        if (activeQuery.name) {
          delete this.connection.submittedNamedStatements[activeQuery.name];
        }
        activeQuery.handleError(msg, this.connection);
      }
      _handleRowDescription(msg) {
        const activeQuery = this._getActiveQuery();
        if (activeQuery == null) {
          const error = new Error("Received unexpected rowDescription message from backend.");
          this._handleErrorEvent(error);
          return;
        }
        activeQuery.handleRowDescription(msg);
      }
      _handleDataRow(msg) {
        const activeQuery = this._getActiveQuery();
        if (activeQuery == null) {
          const error = new Error("Received unexpected dataRow message from backend.");
          this._handleErrorEvent(error);
          return;
        }
        activeQuery.handleDataRow(msg);
      }
      _handlePortalSuspended(msg) {
        const activeQuery = this._getActiveQuery();
        if (activeQuery == null) {
          const error = new Error("Received unexpected portalSuspended message from backend.");
          this._handleErrorEvent(error);
          return;
        }
        activeQuery.handlePortalSuspended(this.connection);
      }
      _handleEmptyQuery(msg) {
        const activeQuery = this._getActiveQuery();
        if (activeQuery == null) {
          const error = new Error("Received unexpected emptyQuery message from backend.");
          this._handleErrorEvent(error);
          return;
        }
        activeQuery.handleEmptyQuery(this.connection);
      }
      _handleCommandComplete(msg) {
        const activeQuery = this._getActiveQuery();
        if (activeQuery == null) {
          const error = new Error("Received unexpected commandComplete message from backend.");
          this._handleErrorEvent(error);
          return;
        }
        activeQuery.handleCommandComplete(msg, this.connection);
      }
      _handleParseComplete() {
        const activeQuery = this._getActiveQuery();
        if (activeQuery == null) {
          const error = new Error("Received unexpected parseComplete message from backend.");
          this._handleErrorEvent(error);
          return;
        }
        if (activeQuery.name) {
          this.connection.parsedStatements[activeQuery.name] = activeQuery.text;
          delete this.connection.submittedNamedStatements[activeQuery.name];
        }
      }
      _handleCopyInResponse(msg) {
        const activeQuery = this._getActiveQuery();
        if (activeQuery == null) {
          const error = new Error("Received unexpected copyInResponse message from backend.");
          this._handleErrorEvent(error);
          return;
        }
        activeQuery.handleCopyInResponse(this.connection);
      }
      _handleCopyData(msg) {
        const activeQuery = this._getActiveQuery();
        if (activeQuery == null) {
          const error = new Error("Received unexpected copyData message from backend.");
          this._handleErrorEvent(error);
          return;
        }
        activeQuery.handleCopyData(msg, this.connection);
      }
      _handleNotification(msg) {
        this.emit("notification", msg);
      }
      _handleNotice(msg) {
        this.emit("notice", msg);
      }
      getStartupConf() {
        const params = this.connectionParameters;
        const data = {
          user: params.user,
          database: params.database
        };
        const appName = params.application_name || params.fallback_application_name;
        if (appName) {
          data.application_name = appName;
        }
        if (params.replication) {
          data.replication = "" + params.replication;
        }
        if (params.statement_timeout) {
          data.statement_timeout = String(parseInt(params.statement_timeout, 10));
        }
        if (params.lock_timeout) {
          data.lock_timeout = String(parseInt(params.lock_timeout, 10));
        }
        if (params.idle_in_transaction_session_timeout) {
          data.idle_in_transaction_session_timeout = String(parseInt(params.idle_in_transaction_session_timeout, 10));
        }
        if (params.options) {
          data.options = params.options;
        }
        return data;
      }
      cancel(client, query) {
        if (client.activeQuery === query) {
          const con = this.connection;
          if (this.host && this.host.indexOf("/") === 0) {
            con.connect(this.host + "/.s.PGSQL." + this.port);
          } else {
            con.connect(this.port, this.host);
          }
          con.on("connect", function() {
            con.cancel(client.processID, client.secretKey);
          });
        } else if (client._queryQueue.indexOf(query) !== -1) {
          client._queryQueue.splice(client._queryQueue.indexOf(query), 1);
        } else if (client._sentQueryQueue.indexOf(query) !== -1) {
          query.callback = () => {
          };
        }
      }
      setTypeParser(oid, format, parseFn) {
        return this._types.setTypeParser(oid, format, parseFn);
      }
      getTypeParser(oid, format) {
        return this._types.getTypeParser(oid, format);
      }
      // escapeIdentifier and escapeLiteral moved to utility functions & exported
      // on PG
      // re-exported here for backwards compatibility
      escapeIdentifier(str) {
        return utils.escapeIdentifier(str);
      }
      escapeLiteral(str) {
        return utils.escapeLiteral(str);
      }
      _pulseQueryQueue() {
        if (this.pipeline) {
          this._pulsePipelinedQueryQueue();
          return;
        }
        if (this.readyForQuery === true) {
          this._activeQuery = this._queryQueue.shift();
          const activeQuery = this._getActiveQuery();
          if (activeQuery) {
            this.readyForQuery = false;
            this.hasExecuted = true;
            const queryError = activeQuery.submit(this.connection);
            if (queryError) {
              process.nextTick(() => {
                activeQuery.handleError(queryError, this.connection);
                this.readyForQuery = true;
                this._pulseQueryQueue();
              });
            }
          } else if (this.hasExecuted) {
            this._activeQuery = null;
            this.emit("drain");
          }
        }
      }
      _pulsePipelinedQueryQueue() {
        if (!this._connected || !this._queryable) {
          return;
        }
        while (this._queryQueue.length > 0) {
          const query = this._queryQueue.shift();
          this.hasExecuted = true;
          const queryError = query.submit(this.connection);
          if (queryError) {
            process.nextTick(() => {
              query.handleError(queryError, this.connection);
            });
            continue;
          }
          this._sentQueryQueue.push(query);
        }
        if (this.readyForQuery && !this._activeQuery && this._sentQueryQueue.length > 0) {
          this._activeQuery = this._sentQueryQueue.shift();
          this.readyForQuery = false;
        }
        if (!this._activeQuery && this._sentQueryQueue.length === 0 && this._queryQueue.length === 0 && this.hasExecuted) {
          this.emit("drain");
        }
      }
      query(config, values, callback) {
        let query;
        let result;
        if (config == null) {
          throw new TypeError("Client was passed a null or undefined query");
        }
        if (typeof config.submit === "function") {
          result = query = config;
          if (!query.callback) {
            if (typeof values === "function") {
              query.callback = values;
            } else if (callback) {
              query.callback = callback;
            }
          }
        } else {
          query = new Query2(config, values, callback);
          if (!query.callback) {
            result = new this._Promise((resolve, reject) => {
              query.callback = (err, res) => err ? reject(err) : resolve(res);
            }).catch((err) => {
              Error.captureStackTrace(err);
              throw err;
            });
          } else if (typeof query.callback !== "function") {
            throw new TypeError("callback is not a function");
          }
        }
        const readTimeout = config.query_timeout || this.connectionParameters.query_timeout;
        if (readTimeout) {
          const queryCallback = query.callback || (() => {
          });
          const readTimeoutTimer = setTimeout(() => {
            const error = new Error("Query read timeout");
            process.nextTick(() => {
              query.handleError(error, this.connection);
            });
            queryCallback(error);
            query.callback = () => {
            };
            const index = this._queryQueue.indexOf(query);
            if (index > -1) {
              this._queryQueue.splice(index, 1);
            } else if (this.pipeline) {
              this.connection.stream.destroy();
              return;
            }
            this._pulseQueryQueue();
          }, readTimeout);
          query.callback = (err, res) => {
            clearTimeout(readTimeoutTimer);
            queryCallback(err, res);
          };
        }
        if (this.binary && !query.binary) {
          query.binary = true;
        }
        if (query._result && !query._result._types) {
          query._result._types = this._types;
        }
        if (this.pipeline) {
          const portalQuery = typeof config.submit === "function" && !(query instanceof Query2) ? "Custom query classes such as pg-cursor and pg-query-stream are" : query.rows ? "The `rows` option is" : null;
          if (portalQuery) {
            process.nextTick(() => {
              query.handleError(new Error(`${portalQuery} not supported in pipeline mode`), this.connection);
            });
            return result;
          }
        }
        if (!this._queryable) {
          process.nextTick(() => {
            query.handleError(new Error("Client has encountered a connection error and is not queryable"), this.connection);
          });
          return result;
        }
        if (this._ending) {
          process.nextTick(() => {
            query.handleError(new Error("Client was closed and is not queryable"), this.connection);
          });
          return result;
        }
        if (this._queryQueue.length > 0 && !this.pipeline) {
          queryQueueLengthDeprecationNotice();
        }
        this._queryQueue.push(query);
        this._pulseQueryQueue();
        return result;
      }
      ref() {
        this.connection.ref();
      }
      unref() {
        this.connection.unref();
      }
      getTransactionStatus() {
        return this._txStatus;
      }
      end(cb) {
        this._ending = true;
        if (!this.connection._connecting || this._ended) {
          if (cb) {
            cb();
            return;
          } else {
            return this._Promise.resolve();
          }
        }
        if (!this._queryable) {
          this.connection.stream.destroy();
        } else if (this.pipeline && (this._getActiveQuery() || this._sentQueryQueue.length > 0 || this._queryQueue.length > 0)) {
          this.once("drain", () => this.connection.end());
        } else if (this._getActiveQuery()) {
          this.connection.stream.destroy();
        } else {
          this.connection.end();
        }
        if (cb) {
          this.connection.once("end", cb);
        } else {
          return new this._Promise((resolve) => {
            this.connection.once("end", resolve);
          });
        }
      }
      get queryQueue() {
        queryQueueDeprecationNotice();
        return this._queryQueue;
      }
    };
    Client2.Query = Query2;
    module.exports = Client2;
  }
});

// node_modules/pg-pool/index.js
var require_pg_pool = __commonJS({
  "node_modules/pg-pool/index.js"(exports, module) {
    "use strict";
    var EventEmitter = __require("events").EventEmitter;
    var NOOP = function() {
    };
    var removeWhere = (list, predicate) => {
      const i = list.findIndex(predicate);
      return i === -1 ? void 0 : list.splice(i, 1)[0];
    };
    var IdleItem = class {
      constructor(client, idleListener, timeoutId) {
        this.client = client;
        this.idleListener = idleListener;
        this.timeoutId = timeoutId;
      }
    };
    var PendingItem = class {
      constructor(callback) {
        this.callback = callback;
      }
    };
    function throwOnDoubleRelease() {
      throw new Error("Release called on client which has already been released to the pool.");
    }
    function promisify(Promise2, callback) {
      if (callback) {
        return { callback, result: void 0 };
      }
      let rej;
      let res;
      const cb = function(err, client) {
        err ? rej(err) : res(client);
      };
      const result = new Promise2(function(resolve, reject) {
        res = resolve;
        rej = reject;
      }).catch((err) => {
        Error.captureStackTrace(err);
        throw err;
      });
      return { callback: cb, result };
    }
    function makeIdleListener(pool, client) {
      return function idleListener(err) {
        err.client = client;
        client.removeListener("error", idleListener);
        client.on("error", () => {
          pool.log("additional client error after disconnection due to error", err);
        });
        pool._remove(client);
        pool.emit("error", err, client);
      };
    }
    var Pool2 = class extends EventEmitter {
      constructor(options, Client2) {
        super();
        this.options = Object.assign({}, options);
        if (options != null && "password" in options) {
          Object.defineProperty(this.options, "password", {
            configurable: true,
            enumerable: false,
            writable: true,
            value: options.password
          });
        }
        if (options != null && options.ssl && options.ssl.key) {
          Object.defineProperty(this.options.ssl, "key", {
            enumerable: false
          });
        }
        this.options.max = this.options.max || this.options.poolSize || 10;
        this.options.min = this.options.min || 0;
        this.options.maxUses = this.options.maxUses || Infinity;
        this.options.allowExitOnIdle = this.options.allowExitOnIdle || false;
        this.options.maxLifetimeSeconds = this.options.maxLifetimeSeconds || 0;
        this.log = this.options.log || function() {
        };
        this.Client = this.options.Client || Client2 || require_lib2().Client;
        this.Promise = this.options.Promise || global.Promise;
        if (typeof this.options.idleTimeoutMillis === "undefined") {
          this.options.idleTimeoutMillis = 1e4;
        }
        this._clients = [];
        this._idle = [];
        this._expired = /* @__PURE__ */ new WeakSet();
        this._pendingQueue = [];
        this._endCallback = void 0;
        this.ending = false;
        this.ended = false;
      }
      _promiseTry(f) {
        const Promise2 = this.Promise;
        if (typeof Promise2.try === "function") {
          return Promise2.try(f);
        }
        return new Promise2((resolve) => resolve(f()));
      }
      _isFull() {
        return this._clients.length >= this.options.max;
      }
      _isAboveMin() {
        return this._clients.length > this.options.min;
      }
      _pulseQueue() {
        this.log("pulse queue");
        if (this.ended) {
          this.log("pulse queue ended");
          return;
        }
        if (this.ending) {
          this.log("pulse queue on ending");
          if (this._idle.length) {
            this._idle.slice().map((item) => {
              this._remove(item.client);
            });
          }
          if (!this._clients.length) {
            this.ended = true;
            this._endCallback();
          }
          return;
        }
        if (!this._pendingQueue.length) {
          this.log("no queued requests");
          return;
        }
        if (!this._idle.length && this._isFull()) {
          return;
        }
        const pendingItem = this._pendingQueue.shift();
        if (this._idle.length) {
          const idleItem = this._idle.pop();
          clearTimeout(idleItem.timeoutId);
          const client = idleItem.client;
          client.ref && client.ref();
          const idleListener = idleItem.idleListener;
          return this._acquireClient(client, pendingItem, idleListener, false);
        }
        if (!this._isFull()) {
          return this.newClient(pendingItem);
        }
        throw new Error("unexpected condition");
      }
      _remove(client, callback) {
        const removed = removeWhere(this._idle, (item) => item.client === client);
        if (removed !== void 0) {
          clearTimeout(removed.timeoutId);
        }
        this._clients = this._clients.filter((c) => c !== client);
        const context = this;
        client.end(() => {
          context.emit("remove", client);
          if (typeof callback === "function") {
            callback();
          }
        });
      }
      connect(cb) {
        if (this.ending) {
          const err = new Error("Cannot use a pool after calling end on the pool");
          return cb ? cb(err) : this.Promise.reject(err);
        }
        const response = promisify(this.Promise, cb);
        const result = response.result;
        if (this._isFull() || this._idle.length) {
          if (this._idle.length) {
            process.nextTick(() => this._pulseQueue());
          }
          if (!this.options.connectionTimeoutMillis) {
            this._pendingQueue.push(new PendingItem(response.callback));
            return result;
          }
          const queueCallback = (err, res, done) => {
            clearTimeout(tid);
            response.callback(err, res, done);
          };
          const pendingItem = new PendingItem(queueCallback);
          const tid = setTimeout(() => {
            removeWhere(this._pendingQueue, (i) => i.callback === queueCallback);
            pendingItem.timedOut = true;
            response.callback(new Error("timeout exceeded when trying to connect"));
          }, this.options.connectionTimeoutMillis);
          if (tid.unref) {
            tid.unref();
          }
          this._pendingQueue.push(pendingItem);
          return result;
        }
        this.newClient(new PendingItem(response.callback));
        return result;
      }
      newClient(pendingItem) {
        const client = new this.Client(this.options);
        this._clients.push(client);
        const idleListener = makeIdleListener(this, client);
        this.log("checking client timeout");
        let tid;
        let timeoutHit = false;
        if (this.options.connectionTimeoutMillis) {
          tid = setTimeout(() => {
            if (client.connection) {
              this.log("ending client due to timeout");
              timeoutHit = true;
              client.connection.stream.destroy();
            } else if (!client.isConnected()) {
              this.log("ending client due to timeout");
              timeoutHit = true;
              client.end();
            }
          }, this.options.connectionTimeoutMillis);
        }
        this.log("connecting new client");
        client.connect((err) => {
          if (tid) {
            clearTimeout(tid);
          }
          client.on("error", idleListener);
          if (err) {
            this.log("client failed to connect", err);
            this._clients = this._clients.filter((c) => c !== client);
            if (timeoutHit) {
              err = new Error("Connection terminated due to connection timeout", { cause: err });
            }
            this._pulseQueue();
            if (!pendingItem.timedOut) {
              pendingItem.callback(err, void 0, NOOP);
            }
          } else {
            this.log("new client connected");
            if (this.options.onConnect) {
              this._promiseTry(() => this.options.onConnect(client)).then(
                () => {
                  this._afterConnect(client, pendingItem, idleListener);
                },
                (hookErr) => {
                  this._clients = this._clients.filter((c) => c !== client);
                  client.end(() => {
                    this._pulseQueue();
                    if (!pendingItem.timedOut) {
                      pendingItem.callback(hookErr, void 0, NOOP);
                    }
                  });
                }
              );
              return;
            }
            return this._afterConnect(client, pendingItem, idleListener);
          }
        });
      }
      _afterConnect(client, pendingItem, idleListener) {
        if (this.options.maxLifetimeSeconds !== 0) {
          const maxLifetimeTimeout = setTimeout(() => {
            this.log("ending client due to expired lifetime");
            this._expired.add(client);
            const idleIndex = this._idle.findIndex((idleItem) => idleItem.client === client);
            if (idleIndex !== -1) {
              this._acquireClient(
                client,
                new PendingItem((err, client2, clientRelease) => clientRelease()),
                idleListener,
                false
              );
            }
          }, this.options.maxLifetimeSeconds * 1e3);
          maxLifetimeTimeout.unref();
          client.once("end", () => clearTimeout(maxLifetimeTimeout));
        }
        return this._acquireClient(client, pendingItem, idleListener, true);
      }
      // acquire a client for a pending work item
      _acquireClient(client, pendingItem, idleListener, isNew) {
        if (isNew) {
          this.emit("connect", client);
        }
        this.emit("acquire", client);
        client.release = this._releaseOnce(client, idleListener);
        client.removeListener("error", idleListener);
        if (!pendingItem.timedOut) {
          if (isNew && this.options.verify) {
            this.options.verify(client, (err) => {
              if (err) {
                client.release(err);
                return pendingItem.callback(err, void 0, NOOP);
              }
              pendingItem.callback(void 0, client, client.release);
            });
          } else {
            pendingItem.callback(void 0, client, client.release);
          }
        } else {
          if (isNew && this.options.verify) {
            this.options.verify(client, client.release);
          } else {
            client.release();
          }
        }
      }
      // returns a function that wraps _release and throws if called more than once
      _releaseOnce(client, idleListener) {
        let released = false;
        return (err) => {
          if (released) {
            throwOnDoubleRelease();
          }
          released = true;
          this._release(client, idleListener, err);
        };
      }
      // release a client back to the poll, include an error
      // to remove it from the pool
      _release(client, idleListener, err) {
        client.on("error", idleListener);
        client._poolUseCount = (client._poolUseCount || 0) + 1;
        this.emit("release", err, client);
        if (err || this.ending || !client._queryable || client._ending || client._poolUseCount >= this.options.maxUses) {
          if (client._poolUseCount >= this.options.maxUses) {
            this.log("remove expended client");
          }
          return this._remove(client, this._pulseQueue.bind(this));
        }
        const isExpired = this._expired.has(client);
        if (isExpired) {
          this.log("remove expired client");
          this._expired.delete(client);
          return this._remove(client, this._pulseQueue.bind(this));
        }
        let tid;
        if (this.options.idleTimeoutMillis && this._isAboveMin()) {
          tid = setTimeout(() => {
            if (this._isAboveMin()) {
              this.log("remove idle client");
              this._remove(client, this._pulseQueue.bind(this));
            }
          }, this.options.idleTimeoutMillis);
          if (this.options.allowExitOnIdle) {
            tid.unref();
          }
        }
        if (this.options.allowExitOnIdle) {
          client.unref();
        }
        this._idle.push(new IdleItem(client, idleListener, tid));
        this._pulseQueue();
      }
      query(text, values, cb) {
        if (typeof text === "function") {
          const response2 = promisify(this.Promise, text);
          setImmediate(function() {
            return response2.callback(new Error("Passing a function as the first parameter to pool.query is not supported"));
          });
          return response2.result;
        }
        if (typeof values === "function") {
          cb = values;
          values = void 0;
        }
        const response = promisify(this.Promise, cb);
        cb = response.callback;
        this.connect((err, client) => {
          if (err) {
            return cb(err);
          }
          let clientReleased = false;
          const onError = (err2) => {
            if (clientReleased) {
              return;
            }
            clientReleased = true;
            client.release(err2);
            cb(err2);
          };
          client.once("error", onError);
          this.log("dispatching query");
          try {
            client.query(text, values, (err2, res) => {
              this.log("query dispatched");
              client.removeListener("error", onError);
              if (clientReleased) {
                return;
              }
              clientReleased = true;
              client.release(err2);
              if (err2) {
                return cb(err2);
              }
              return cb(void 0, res);
            });
          } catch (err2) {
            client.release(err2);
            return cb(err2);
          }
        });
        return response.result;
      }
      end(cb) {
        this.log("ending");
        if (this.ending) {
          const err = new Error("Called end on pool more than once");
          return cb ? cb(err) : this.Promise.reject(err);
        }
        this.ending = true;
        const promised = promisify(this.Promise, cb);
        this._endCallback = promised.callback;
        this._pulseQueue();
        return promised.result;
      }
      get waitingCount() {
        return this._pendingQueue.length;
      }
      get idleCount() {
        return this._idle.length;
      }
      get expiredCount() {
        return this._clients.reduce((acc, client) => acc + (this._expired.has(client) ? 1 : 0), 0);
      }
      get totalCount() {
        return this._clients.length;
      }
    };
    module.exports = Pool2;
  }
});

// node_modules/pg/lib/native/query.js
var require_query2 = __commonJS({
  "node_modules/pg/lib/native/query.js"(exports, module) {
    "use strict";
    var EventEmitter = __require("events").EventEmitter;
    var util = __require("util");
    var utils = require_utils();
    var NativeQuery = module.exports = function(config, values, callback) {
      EventEmitter.call(this);
      config = utils.normalizeQueryConfig(config, values, callback);
      this.text = config.text;
      this.values = config.values;
      this.name = config.name;
      this.queryMode = config.queryMode;
      this.callback = config.callback;
      this.state = "new";
      this._arrayMode = config.rowMode === "array";
      this._emitRowEvents = false;
      this.on(
        "newListener",
        function(event) {
          if (event === "row") this._emitRowEvents = true;
        }.bind(this)
      );
    };
    util.inherits(NativeQuery, EventEmitter);
    var errorFieldMap = {
      sqlState: "code",
      statementPosition: "position",
      messagePrimary: "message",
      messageDetail: "detail",
      messageHint: "hint",
      context: "where",
      schemaName: "schema",
      tableName: "table",
      columnName: "column",
      dataTypeName: "dataType",
      constraintName: "constraint",
      sourceFile: "file",
      sourceLine: "line",
      sourceFunction: "routine"
    };
    NativeQuery.prototype.handleError = function(err) {
      const fields = this.native && this.native.pq.resultErrorFields();
      if (fields) {
        for (const key in fields) {
          const normalizedFieldName = errorFieldMap[key] || key;
          err[normalizedFieldName] = fields[key];
        }
      }
      if (this.callback) {
        this.callback(err);
      } else {
        this.emit("error", err);
      }
      this.state = "error";
    };
    NativeQuery.prototype.then = function(onSuccess, onFailure) {
      return this._getPromise().then(onSuccess, onFailure);
    };
    NativeQuery.prototype.catch = function(callback) {
      return this._getPromise().catch(callback);
    };
    NativeQuery.prototype._getPromise = function() {
      if (this._promise) return this._promise;
      this._promise = new Promise(
        function(resolve, reject) {
          this._once("end", resolve);
          this._once("error", reject);
        }.bind(this)
      );
      return this._promise;
    };
    NativeQuery.prototype.submit = function(client) {
      this.state = "running";
      const self = this;
      this.native = client.native;
      client.native.arrayMode = this._arrayMode;
      let after = function(err, rows, results) {
        client.native.arrayMode = false;
        setImmediate(function() {
          self.emit("_done");
        });
        if (err) {
          return self.handleError(err);
        }
        if (self._emitRowEvents) {
          if (results.length > 1) {
            rows.forEach((rowOfRows, i) => {
              rowOfRows.forEach((row) => {
                self.emit("row", row, results[i]);
              });
            });
          } else {
            rows.forEach(function(row) {
              self.emit("row", row, results);
            });
          }
        }
        self.state = "end";
        self.emit("end", results);
        if (self.callback) {
          self.callback(null, results);
        }
      };
      if (process.domain) {
        after = process.domain.bind(after);
      }
      if (this.name) {
        if (this.name.length > 63) {
          console.error("Warning! Postgres only supports 63 characters for query names.");
          console.error("You supplied %s (%s)", this.name, this.name.length);
          console.error("This can cause conflicts and silent errors executing queries");
        }
        const values = (this.values || []).map(utils.prepareValue);
        if (client.namedQueries[this.name] !== void 0) {
          if (this.text && client.namedQueries[this.name] !== this.text) {
            const err = new Error(`Prepared statements must be unique - '${this.name}' was used for a different statement`);
            return after(err);
          }
          return client.native.execute(this.name, values, after);
        }
        return client.native.prepare(this.name, this.text, values.length, function(err) {
          if (err) return after(err);
          client.namedQueries[self.name] = self.text;
          return self.native.execute(self.name, values, after);
        });
      } else if (this.values) {
        if (!Array.isArray(this.values)) {
          const err = new Error("Query values must be an array");
          return after(err);
        }
        const vals = this.values.map(utils.prepareValue);
        client.native.query(this.text, vals, after);
      } else if (this.queryMode === "extended") {
        client.native.query(this.text, [], after);
      } else {
        client.native.query(this.text, after);
      }
    };
  }
});

// node_modules/pg/lib/native/client.js
var require_client2 = __commonJS({
  "node_modules/pg/lib/native/client.js"(exports, module) {
    var nodeUtils = __require("util");
    var Native;
    try {
      Native = __require("pg-native");
    } catch (e) {
      throw e;
    }
    var TypeOverrides2 = require_type_overrides();
    var EventEmitter = __require("events").EventEmitter;
    var util = __require("util");
    var ConnectionParameters = require_connection_parameters();
    var NativeQuery = require_query2();
    var queryQueueLengthDeprecationNotice = nodeUtils.deprecate(
      () => {
      },
      "Calling client.query() when the client is already executing a query is deprecated and will be removed in pg@9.0. Use async/await or an external async flow control mechanism instead."
    );
    var Client2 = module.exports = function(config) {
      EventEmitter.call(this);
      config = config || {};
      this._Promise = config.Promise || global.Promise;
      this._types = new TypeOverrides2(config.types);
      this.native = new Native({
        types: this._types
      });
      this._queryQueue = [];
      this._ending = false;
      this._connecting = false;
      this._connected = false;
      this._queryable = true;
      this.pipeline = Boolean(config.pipeline);
      this._pipelineInFlight = false;
      const cp = this.connectionParameters = new ConnectionParameters(config);
      if (config.nativeConnectionString) cp.nativeConnectionString = config.nativeConnectionString;
      this.user = cp.user;
      Object.defineProperty(this, "password", {
        configurable: true,
        enumerable: false,
        writable: true,
        value: cp.password
      });
      this.database = cp.database;
      this.host = cp.host;
      this.port = cp.port;
      this.namedQueries = {};
    };
    Client2.Query = NativeQuery;
    util.inherits(Client2, EventEmitter);
    Client2.prototype._errorAllQueries = function(err) {
      const enqueueError = (query) => {
        process.nextTick(() => {
          query.native = this.native;
          query.handleError(err);
        });
      };
      if (this._hasActiveQuery()) {
        enqueueError(this._activeQuery);
        this._activeQuery = null;
      }
      this._queryQueue.forEach(enqueueError);
      this._queryQueue.length = 0;
    };
    Client2.prototype._connect = function(cb) {
      const self = this;
      if (this._connecting) {
        process.nextTick(() => cb(new Error("Client has already been connected. You cannot reuse a client.")));
        return;
      }
      this._connecting = true;
      this.connectionParameters.getLibpqConnectionString(function(err, conString) {
        if (self.connectionParameters.nativeConnectionString) conString = self.connectionParameters.nativeConnectionString;
        if (err) return cb(err);
        self.native.connect(conString, function(err2) {
          if (err2) {
            self.native.end();
            return cb(err2);
          }
          self._connected = true;
          self.native.on("error", function(err3) {
            self._queryable = false;
            self._errorAllQueries(err3);
            self.emit("error", err3);
          });
          self.native.on("notification", function(msg) {
            self.emit("notification", {
              channel: msg.relname,
              payload: msg.extra
            });
          });
          self.emit("connect");
          self._pulseQueryQueue(true);
          cb(null, this);
        });
      });
    };
    Client2.prototype.connect = function(callback) {
      if (callback) {
        this._connect(callback);
        return;
      }
      return new this._Promise((resolve, reject) => {
        this._connect((error) => {
          if (error) {
            reject(error);
          } else {
            resolve(this);
          }
        });
      });
    };
    Client2.prototype.query = function(config, values, callback) {
      let query;
      let result;
      let readTimeout;
      let readTimeoutTimer;
      let queryCallback;
      if (config === null || config === void 0) {
        throw new TypeError("Client was passed a null or undefined query");
      } else if (typeof config.submit === "function") {
        readTimeout = config.query_timeout || this.connectionParameters.query_timeout;
        result = query = config;
        if (typeof values === "function") {
          config.callback = values;
        }
      } else {
        readTimeout = config.query_timeout || this.connectionParameters.query_timeout;
        query = new NativeQuery(config, values, callback);
        if (!query.callback) {
          let resolveOut, rejectOut;
          result = new this._Promise((resolve, reject) => {
            resolveOut = resolve;
            rejectOut = reject;
          }).catch((err) => {
            Error.captureStackTrace(err);
            throw err;
          });
          query.callback = (err, res) => err ? rejectOut(err) : resolveOut(res);
        }
      }
      if (readTimeout) {
        queryCallback = query.callback || (() => {
        });
        readTimeoutTimer = setTimeout(() => {
          const error = new Error("Query read timeout");
          process.nextTick(() => {
            query.handleError(error, this.connection);
          });
          queryCallback(error);
          query.callback = () => {
          };
          const index = this._queryQueue.indexOf(query);
          if (index > -1) {
            this._queryQueue.splice(index, 1);
          }
          this._pulseQueryQueue();
        }, readTimeout);
        query.callback = (err, res) => {
          clearTimeout(readTimeoutTimer);
          queryCallback(err, res);
        };
      }
      if (!this._queryable) {
        query.native = this.native;
        process.nextTick(() => {
          query.handleError(new Error("Client has encountered a connection error and is not queryable"));
        });
        return result;
      }
      if (this._ending) {
        query.native = this.native;
        process.nextTick(() => {
          query.handleError(new Error("Client was closed and is not queryable"));
        });
        return result;
      }
      if (this._queryQueue.length > 0 && !this.pipeline) {
        queryQueueLengthDeprecationNotice();
      }
      this._queryQueue.push(query);
      this._pulseQueryQueue();
      return result;
    };
    Client2.prototype.end = function(cb) {
      const self = this;
      this._ending = true;
      if (this._connecting && !this._connected) {
        this.once("connect", () => {
          this.end(() => {
          });
        });
      }
      let result;
      if (!cb) {
        result = new this._Promise(function(resolve, reject) {
          cb = (err) => err ? reject(err) : resolve();
        });
      }
      const doEnd = function() {
        self.native.end(function() {
          self._connected = false;
          self._errorAllQueries(new Error("Connection terminated"));
          process.nextTick(() => {
            self.emit("end");
            if (cb) cb();
          });
        });
      };
      if (this.pipeline && (this._pipelineInFlight || this._queryQueue.length > 0)) {
        this.once("drain", doEnd);
      } else {
        doEnd();
      }
      return result;
    };
    Client2.prototype._hasActiveQuery = function() {
      return this._activeQuery && this._activeQuery.state !== "error" && this._activeQuery.state !== "end";
    };
    Client2.prototype._pulseQueryQueue = function(initialConnection) {
      if (!this._connected) {
        return;
      }
      if (this.pipeline && !initialConnection) {
        return this._pulsePipelinedQueryQueue();
      }
      if (this._hasActiveQuery()) {
        return;
      }
      const query = this._queryQueue.shift();
      if (!query) {
        if (!initialConnection) {
          this.emit("drain");
        }
        return;
      }
      this._activeQuery = query;
      query.submit(this);
      const self = this;
      query.once("_done", function() {
        self._pulseQueryQueue();
      });
    };
    Client2.prototype._pulsePipelinedQueryQueue = function() {
      if (!this._connected || this._pipelineInFlight) {
        return;
      }
      if (this._queryQueue.length === 0) {
        if (this.hasExecuted) {
          this.emit("drain");
        }
        return;
      }
      this._pipelineInFlight = true;
      const self = this;
      const queries = [];
      const nativeQueries = [];
      const utils = require_utils();
      while (this._queryQueue.length > 0) {
        const query = this._queryQueue.shift();
        this.hasExecuted = true;
        nativeQueries.push(query);
        const values = query.values ? query.values.map(utils.prepareValue) : null;
        const pipelineEntry = { text: query.text, name: query.name, arrayMode: query._arrayMode };
        if (values) {
          pipelineEntry.values = values;
        }
        if (query.name && this.namedQueries[query.name]) {
          pipelineEntry._alreadyPrepared = true;
        }
        queries.push(pipelineEntry);
      }
      this.native.pipeline(queries, function(err, results) {
        self._pipelineInFlight = false;
        if (err) {
          self._connected = false;
          self._queryable = false;
          for (let i = 0; i < nativeQueries.length; i++) {
            const q = nativeQueries[i];
            q.native = self.native;
            q.handleError(err);
          }
          self._errorAllQueries(err);
          self.emit("error", err);
          self.emit("end");
          return;
        }
        for (let i = 0; i < nativeQueries.length; i++) {
          const q = nativeQueries[i];
          const r = results[i];
          q.native = self.native;
          if (r.err) {
            q.handleError(r.err);
          } else {
            if (q.name) {
              self.namedQueries[q.name] = q.text;
            }
            q.state = "end";
            q.emit("end", r.result);
            if (q.callback) {
              q.callback(null, r.result);
            }
          }
          setImmediate(function() {
            q.emit("_done");
          });
        }
        self._pulsePipelinedQueryQueue();
      });
    };
    Client2.prototype.cancel = function(query) {
      if (this._activeQuery === query) {
        this.native.cancel(function() {
        });
      } else if (this._queryQueue.indexOf(query) !== -1) {
        this._queryQueue.splice(this._queryQueue.indexOf(query), 1);
      }
    };
    Client2.prototype.ref = function() {
    };
    Client2.prototype.unref = function() {
    };
    Client2.prototype.setTypeParser = function(oid, format, parseFn) {
      return this._types.setTypeParser(oid, format, parseFn);
    };
    Client2.prototype.getTypeParser = function(oid, format) {
      return this._types.getTypeParser(oid, format);
    };
    Client2.prototype.isConnected = function() {
      return this._connected;
    };
    Client2.prototype.getTransactionStatus = function() {
      return this.native.getTransactionStatus();
    };
  }
});

// node_modules/pg/lib/native/index.js
var require_native = __commonJS({
  "node_modules/pg/lib/native/index.js"(exports, module) {
    "use strict";
    module.exports = require_client2();
  }
});

// node_modules/pg/lib/index.js
var require_lib2 = __commonJS({
  "node_modules/pg/lib/index.js"(exports, module) {
    "use strict";
    var Client2 = require_client();
    var defaults2 = require_defaults();
    var Connection2 = require_connection();
    var Result2 = require_result();
    var utils = require_utils();
    var Pool2 = require_pg_pool();
    var TypeOverrides2 = require_type_overrides();
    var { DatabaseError: DatabaseError2 } = require_dist();
    var { escapeIdentifier: escapeIdentifier2, escapeLiteral: escapeLiteral2 } = require_utils();
    var poolFactory = (Client3) => {
      return class BoundPool extends Pool2 {
        constructor(options) {
          super(options, Client3);
        }
      };
    };
    var PG = function(clientConstructor2) {
      this.defaults = defaults2;
      this.Client = clientConstructor2;
      this.Query = this.Client.Query;
      this.Pool = poolFactory(this.Client);
      this._pools = [];
      this.Connection = Connection2;
      this.types = require_pg_types();
      this.DatabaseError = DatabaseError2;
      this.TypeOverrides = TypeOverrides2;
      this.escapeIdentifier = escapeIdentifier2;
      this.escapeLiteral = escapeLiteral2;
      this.Result = Result2;
      this.utils = utils;
    };
    var clientConstructor = Client2;
    var forceNative = false;
    try {
      forceNative = !!process.env.NODE_PG_FORCE_NATIVE;
    } catch {
    }
    if (forceNative) {
      clientConstructor = require_native();
    }
    module.exports = new PG(clientConstructor);
    Object.defineProperty(module.exports, "native", {
      configurable: true,
      enumerable: false,
      get() {
        let native = null;
        try {
          native = new PG(require_native());
        } catch (err) {
          if (err.code !== "MODULE_NOT_FOUND") {
            throw err;
          }
        }
        Object.defineProperty(module.exports, "native", {
          value: native
        });
        return native;
      }
    });
  }
});

// control-plane/storage/open.ts
import { hostname } from "node:os";

// control-plane/storage/engines/postgres.ts
import { randomUUID as randomUUID2 } from "node:crypto";

// node_modules/pg/esm/index.mjs
var import_lib = __toESM(require_lib2(), 1);
var Client = import_lib.default.Client;
var Pool = import_lib.default.Pool;
var Connection = import_lib.default.Connection;
var types = import_lib.default.types;
var Query = import_lib.default.Query;
var DatabaseError = import_lib.default.DatabaseError;
var escapeIdentifier = import_lib.default.escapeIdentifier;
var escapeLiteral = import_lib.default.escapeLiteral;
var Result = import_lib.default.Result;
var TypeOverrides = import_lib.default.TypeOverrides;
var defaults = import_lib.default.defaults;
var esm_default = import_lib.default;

// control-plane/storage/migrations/0001-initial.ts
var tables = {
  key_sets: {
    columns: {
      account_id: "text",
      key_id: "text",
      key_spec: "text",
      key_usage: "text",
      origin: "text",
      key_manager: "text",
      multi_region: "integer",
      primary_region: "text",
      domain_region: "text",
      current_material_id: "text?",
      custom_key_store_id: "text?",
      xks_key_id: "text?",
      rotation_enabled: "integer",
      rotation_period_in_days: "integer?",
      next_rotation_at_ms: "integer?",
      on_demand_rotation_count: "integer",
      revision: "integer"
    },
    key: ["account_id", "key_id"]
  },
  keys: {
    columns: {
      account_id: "text",
      region: "text",
      key_id: "text",
      state: "text",
      description: "text",
      policy: "text",
      policy_principals: "text",
      tags: "text",
      created_at_ms: "integer",
      deletion_at_ms: "integer?",
      pending_window_in_days: "integer?",
      revision: "integer"
    },
    key: ["account_id", "region", "key_id"]
  },
  key_materials: {
    columns: {
      account_id: "text",
      key_id: "text",
      material_id: "text",
      wrapped: "blob?",
      state: "text",
      created_at_ms: "integer",
      rotated_at_ms: "integer?",
      rotation_type: "text?",
      revision: "integer"
    },
    key: ["account_id", "key_id", "material_id"]
  },
  imported_materials: {
    columns: {
      account_id: "text",
      region: "text",
      key_id: "text",
      material_id: "text",
      wrapped: "blob?",
      description: "text?",
      valid_to_ms: "integer?",
      revision: "integer"
    },
    key: ["account_id", "region", "key_id", "material_id"]
  },
  custom_key_stores: {
    columns: {
      account_id: "text",
      region: "text",
      custom_key_store_id: "text",
      name: "text",
      type: "text",
      connection_state: "text",
      connection_error_code: "text?",
      connection_request_id: "text?",
      created_at_ms: "integer",
      wrapped_secret: "blob",
      cloud_hsm_cluster_id: "text?",
      trust_anchor_certificate: "text?",
      xks_connectivity: "text?",
      xks_access_key_id: "text?",
      xks_uri_endpoint: "text?",
      xks_uri_path: "text?",
      xks_vpc_endpoint_service_name: "text?",
      xks_vpc_endpoint_service_owner: "text?",
      revision: "integer"
    },
    key: ["account_id", "region", "custom_key_store_id"]
  },
  aliases: {
    columns: {
      account_id: "text",
      region: "text",
      alias_name: "text",
      target_key_id: "text",
      created_at_ms: "integer",
      updated_at_ms: "integer",
      revision: "integer"
    },
    key: ["account_id", "region", "alias_name"]
  },
  grants: {
    columns: {
      account_id: "text",
      region: "text",
      key_id: "text",
      grant_id: "text",
      name: "text",
      grantee_principal: "text",
      grantee_id: "text",
      retiring_principal: "text?",
      retiring_id: "text?",
      operations: "text",
      constraints: "text?",
      issuing_account: "text",
      created_at_ms: "integer",
      revision: "integer"
    },
    key: ["account_id", "region", "key_id", "grant_id"]
  },
  key_usage: {
    columns: {
      account_id: "text",
      region: "text",
      key_id: "text",
      operation: "text",
      used_at_ms: "integer",
      event_id: "text",
      request_id: "text",
      revision: "integer"
    },
    key: ["account_id", "region", "key_id"]
  },
  usage_marks: {
    columns: { chain_id: "text", sequence: "integer", read_at_ms: "integer", revision: "integer" },
    key: ["chain_id"]
  },
  accounts: {
    columns: {
      account_id: "text",
      name: "text",
      created_at_ms: "integer",
      revision: "integer"
    },
    key: ["account_id"]
  },
  principals: {
    columns: {
      principal_id: "text",
      account_id: "text",
      kind: "text",
      name: "text",
      name_key: "text",
      arn: "text",
      path: "text",
      description: "text",
      tags: "text",
      permissions_boundary_arn: "text?",
      trust_policy: "text?",
      trust_principals: "text?",
      max_session_duration_in_seconds: "integer?",
      created_at_ms: "integer",
      revision: "integer"
    },
    key: ["principal_id"]
  },
  groups: {
    columns: {
      group_id: "text",
      account_id: "text",
      name: "text",
      name_key: "text",
      arn: "text",
      path: "text",
      created_at_ms: "integer",
      revision: "integer"
    },
    key: ["group_id"]
  },
  group_members: {
    columns: {
      group_id: "text",
      principal_id: "text",
      account_id: "text",
      revision: "integer"
    },
    key: ["group_id", "principal_id"]
  },
  managed_policies: {
    columns: {
      policy_id: "text",
      account_id: "text",
      name: "text",
      name_key: "text",
      arn: "text",
      path: "text",
      description: "text",
      tags: "text",
      default_version_number: "integer",
      latest_version_number: "integer",
      created_at_ms: "integer",
      updated_at_ms: "integer",
      revision: "integer"
    },
    key: ["policy_id"]
  },
  policy_versions: {
    columns: {
      policy_id: "text",
      version_number: "integer",
      account_id: "text",
      document: "text",
      created_at_ms: "integer",
      revision: "integer"
    },
    key: ["policy_id", "version_number"]
  },
  inline_policies: {
    columns: {
      owner_id: "text",
      name: "text",
      account_id: "text",
      document: "text",
      revision: "integer"
    },
    key: ["owner_id", "name"]
  },
  policy_attachments: {
    columns: {
      owner_id: "text",
      policy_arn: "text",
      account_id: "text",
      owner_kind: "text",
      revision: "integer"
    },
    key: ["owner_id", "policy_arn"]
  },
  oidc_providers: {
    columns: {
      account_id: "text",
      url: "text",
      arn: "text",
      client_ids: "text",
      thumbprints: "text",
      tags: "text",
      jwks: "text?",
      jwks_uri: "text?",
      created_at_ms: "integer",
      revision: "integer"
    },
    key: ["account_id", "url"]
  },
  access_keys: {
    columns: {
      access_key_id: "text",
      account_id: "text",
      principal_id: "text",
      wrapped_secret: "blob",
      status: "text",
      created_at_ms: "integer",
      revision: "integer"
    },
    key: ["access_key_id"]
  },
  access_key_usage: {
    columns: {
      access_key_id: "text",
      used_at_ms: "integer",
      service: "text",
      region: "text",
      revision: "integer"
    },
    key: ["access_key_id"]
  },
  idempotency: {
    columns: {
      account_id: "text",
      principal_id: "text",
      idempotency_key: "text",
      operation: "text",
      request_hash: "text",
      response: "text",
      expires_at_ms: "integer",
      revision: "integer"
    },
    key: ["account_id", "principal_id", "idempotency_key"]
  },
  meta: { columns: { name: "text", value: "text", revision: "integer" }, key: ["name"] },
  leases: {
    columns: {
      name: "text",
      holder: "text",
      fencing_token: "integer",
      expires_at_ms: "integer",
      revision: "integer"
    },
    key: ["name"]
  },
  change_head: { columns: { id: "integer", last_sequence: "integer" }, key: ["id"] },
  change_log: {
    columns: {
      sequence: "integer",
      account_id: "text",
      region: "text",
      resource_type: "text",
      resource_id: "text",
      key_id: "text?",
      kind: "text",
      event_name: "text",
      at_ms: "integer",
      request_id: "text",
      event_id: "text"
    },
    key: ["sequence"]
  },
  nodes: {
    columns: { node_id: "text", name: "text", started_at_ms: "integer", seen_at_ms: "integer" },
    key: ["node_id"]
  },
  audit_chains: {
    columns: {
      chain_id: "text",
      node_id: "text",
      last_sequence: "integer",
      last_hash: "text",
      pruned_sequence: "integer",
      pruned_hash: "text",
      pruned_peaks: "text"
    },
    key: ["chain_id"]
  },
  audit_trees: {
    columns: {
      chain_id: "text",
      size: "integer",
      head_hash: "text",
      peaks: "text",
      prunable: "integer",
      revision: "integer"
    },
    key: ["chain_id"]
  },
  audit_checkpoints: {
    columns: { number: "integer", body: "text", signature: "text", at_ms: "integer", revision: "integer" },
    key: ["number"]
  },
  audit_log: {
    columns: {
      chain_id: "text",
      sequence: "integer",
      previous_hash: "text",
      hash: "text",
      record_json: "text",
      account_id: "text",
      region: "text",
      event_source: "text",
      event_name: "text",
      user_name: "text?",
      access_key_id: "text?",
      read_only: "integer",
      resource_type: "text?",
      request_id: "text",
      event_id: "text",
      at_ms: "integer"
    },
    key: ["chain_id", "sequence"]
  },
  audit_resources: {
    columns: {
      account_id: "text",
      resource_arn: "text",
      at_ms: "integer",
      chain_id: "text",
      sequence: "integer"
    },
    key: ["account_id", "resource_arn", "at_ms", "chain_id", "sequence"]
  }
};
var indexes = {
  keys_by_id: { table: "keys", columns: ["region", "key_id"] },
  idempotency_by_expiry: { table: "idempotency", columns: ["expires_at_ms"] },
  keys_by_set: { table: "keys", columns: ["account_id", "key_id", "region"] },
  keys_due_for_deletion: { table: "keys", columns: ["deletion_at_ms"] },
  imported_materials_by_key: { table: "imported_materials", columns: ["account_id", "key_id"] },
  imported_materials_by_expiry: { table: "imported_materials", columns: ["valid_to_ms"] },
  key_sets_due_for_rotation: { table: "key_sets", columns: ["next_rotation_at_ms"] },
  // On both engines, NULLs do not conflict in a unique index: each index applies to the stores of one type.
  custom_key_stores_by_name: { table: "custom_key_stores", columns: ["account_id", "region", "name"], unique: true },
  custom_key_stores_by_cluster: { table: "custom_key_stores", columns: ["cloud_hsm_cluster_id"], unique: true },
  custom_key_stores_by_uri: {
    table: "custom_key_stores",
    columns: ["account_id", "region", "xks_uri_endpoint", "xks_uri_path"],
    unique: true
  },
  custom_key_stores_by_service: {
    table: "custom_key_stores",
    columns: ["xks_vpc_endpoint_service_name"],
    unique: true
  },
  custom_key_stores_by_endpoint: { table: "custom_key_stores", columns: ["region", "xks_uri_endpoint"] },
  custom_key_stores_by_state: { table: "custom_key_stores", columns: ["connection_state"] },
  key_sets_by_key_store: { table: "key_sets", columns: ["account_id", "custom_key_store_id", "xks_key_id"] },
  aliases_by_key: { table: "aliases", columns: ["account_id", "region", "target_key_id", "alias_name"] },
  grants_by_grantee: {
    table: "grants",
    columns: ["account_id", "region", "key_id", "grantee_id", "grant_id"]
  },
  grants_by_name: { table: "grants", columns: ["account_id", "region", "key_id", "name", "grant_id"] },
  grants_by_retiring_principal: { table: "grants", columns: ["region", "retiring_id", "grant_id"] },
  principals_by_arn: { table: "principals", columns: ["arn"], unique: true },
  principals_by_name: { table: "principals", columns: ["account_id", "kind", "name_key"], unique: true },
  principals_by_boundary: { table: "principals", columns: ["account_id", "permissions_boundary_arn"] },
  groups_by_name: { table: "groups", columns: ["account_id", "name_key"], unique: true },
  group_members_by_principal: { table: "group_members", columns: ["principal_id", "group_id"] },
  managed_policies_by_name: { table: "managed_policies", columns: ["account_id", "name_key"], unique: true },
  managed_policies_by_arn: { table: "managed_policies", columns: ["arn"], unique: true },
  policy_attachments_by_policy: {
    table: "policy_attachments",
    columns: ["account_id", "policy_arn", "owner_kind", "owner_id"]
  },
  oidc_providers_by_arn: { table: "oidc_providers", columns: ["arn"], unique: true },
  access_keys_by_principal: { table: "access_keys", columns: ["principal_id", "access_key_id"] },
  change_log_by_account: { table: "change_log", columns: ["account_id", "sequence"] },
  change_log_by_region: { table: "change_log", columns: ["account_id", "region", "sequence"] },
  // No index on the records' ids: they contain the time (domain/identifiers/time-ordered-id.ts), and every request pays
  // for every index.
  audit_log_by_time: { table: "audit_log", columns: ["account_id", "at_ms", "chain_id", "sequence"] },
  audit_log_by_user: { table: "audit_log", columns: ["account_id", "user_name", "at_ms", "chain_id", "sequence"] },
  audit_log_by_access_key: {
    table: "audit_log",
    columns: ["account_id", "access_key_id", "at_ms", "chain_id", "sequence"]
  },
  audit_log_of_changes: {
    table: "audit_log",
    columns: ["account_id", "at_ms", "chain_id", "sequence"],
    whereZero: "read_only"
  },
  audit_log_by_event: {
    table: "audit_log",
    columns: ["account_id", "event_name", "at_ms", "chain_id", "sequence"]
  }
};
function initial(dialect) {
  return [
    ...Object.entries(tables).map(([name, table]) => createTable(dialect, name, table)),
    ...Object.entries(indexes).map(([name, index]) => createIndex(dialect, name, index)),
    dialect.queries.insertInto("change_head").values({ id: 1, last_sequence: 0 }).compile()
  ];
}
function createTable(dialect, name, { columns: columns3, key }) {
  const types3 = { text: dialect.text, integer: dialect.integer, blob: dialect.blob };
  const definitions = Object.entries(columns3).map(([column, type]) => {
    const nullable = type.endsWith("?");
    const base = type.replace("?", "");
    return sql`${sql.id(column)} ${sql.raw(types3[base])}${sql.raw(nullable ? "" : " not null")}`;
  });
  const primaryKey = sql`primary key (${sql.join(key.map((column) => sql.id(column)))})`;
  const body = sql.join([...definitions, primaryKey]);
  return sql`create table ${sql.id(name)} (${body}) ${sql.raw(dialect.tableOptions)}`.compile(dialect.queries);
}
function createIndex({ queries }, name, { table, columns: columns3, unique, whereZero }) {
  const index = queries.schema.createIndex(name).on(table).columns([...columns3]);
  if (whereZero !== void 0) return index.where(sql.ref(whereZero), "=", sql.lit(0)).compile();
  return (unique ? index.unique() : index).compile();
}

// control-plane/storage/migrations/0002-organizations.ts
function organizations({ queries, text }) {
  return ["organization_id", "organization_paths"].map(
    (column) => queries.schema.alterTable("accounts").addColumn(column, sql.raw(text)).compile()
  );
}

// control-plane/storage/migrations/0003-root-key-holders.ts
function rootKeyHolders({ queries, text, integer, tableOptions }) {
  const [textual, whole] = [sql.raw(`${text} not null`), sql.raw(`${integer} not null`)];
  return [
    sql`create table root_key_holders (
      holder_id ${textual}, oldest ${whole}, newest ${whole}, newest_fingerprint ${textual}, seen_at_ms ${whole},
      revision ${whole}, primary key (holder_id)
    ) ${sql.raw(tableOptions)}`.compile(queries)
  ];
}

// control-plane/storage/migrations/0004-account-aliases.ts
function accountAliases({ queries, integer, text, tableOptions }) {
  return [
    queries.schema.createTable("account_aliases").addColumn("alias", sql.raw(text), (column) => column.primaryKey().notNull()).addColumn("account_id", sql.raw(text), (column) => column.notNull()).addColumn("revision", sql.raw(integer), (column) => column.notNull()).modifyEnd(sql.raw(tableOptions)).compile(),
    queries.schema.createIndex("account_aliases_by_account").on("account_aliases").columns(["account_id"]).compile()
  ];
}

// control-plane/storage/migrations/0005-key-users.ts
function keyUsers({ queries, text, integer, tableOptions }) {
  const [textual, whole] = [sql.raw(`${text} not null`), sql.raw(`${integer} not null`)];
  return [
    sql`create table key_users (
      account_id ${textual}, region ${textual}, key_id ${textual}, principal_id ${textual}, action ${textual},
      principal_account_id ${textual}, used_at_ms ${whole}, event_id ${textual}, facts_json ${textual},
      revision ${whole}, primary key (account_id, region, key_id, principal_id, action)
    ) ${sql.raw(tableOptions)}`.compile(queries),
    queries.deleteFrom("usage_marks").compile()
  ];
}

// control-plane/storage/migrations/0006-deletion-protection.ts
function deletionProtection({ queries, integer }) {
  return [
    queries.schema.alterTable("keys").addColumn("deletion_protected", sql.raw(integer), (column) => column.notNull().defaultTo(sql.lit(0))).compile()
  ];
}

// control-plane/storage/migrations/0007-audit-segments.ts
function auditSegments(dialect) {
  const { queries, text, integer, blob, tableOptions, generatedId, clusteredTable } = dialect;
  const [textual, whole, bytes] = [text, integer, blob].map((type) => sql.raw(`${type} not null`));
  return [
    // Columns with much data last, so that the others can be read without them.
    sql`create table audit_segments (
      id ${sql.raw(generatedId)}, chain_id ${textual}, first_sequence ${whole}, last_sequence ${whole},
      previous_hash ${textual}, from_ms ${whole}, to_ms ${whole}, grade ${whole}, size_in_bytes ${whole},
      links ${bytes}, records ${bytes}
    ) ${sql.raw(tableOptions)}`.compile(queries),
    queries.schema.createIndex("audit_segments_by_chain").unique().on("audit_segments").columns(["chain_id", "last_sequence"]).compile(),
    sql`create index audit_segments_open on audit_segments (to_ms, last_sequence) where grade = 0`.compile(queries),
    sql`create table audit_terms (
      term ${whole}, to_ms ${whole}, last_sequence ${whole}, segment ${whole}, from_ms ${whole},
      primary key (term, to_ms, last_sequence, segment)
    ) ${sql.raw(clusteredTable)}`.compile(queries)
  ];
}

// control-plane/storage/migrations/0008-drift-reports.ts
function driftReports({ queries, text, integer, blob, tableOptions }) {
  const [textual, whole, bytes] = [text, integer, blob].map((type) => sql.raw(`${type} not null`));
  return [
    sql`create table drift_stacks (
      account_id ${textual}, stack_name ${textual}, last_number ${whole}, continuation ${sql.raw(blob)},
      revision ${whole}, primary key (account_id, stack_name)
    ) ${sql.raw(tableOptions)}`.compile(queries),
    // The document last, so that the other columns can be read without it.
    sql`create table drift_reports (
      account_id ${textual}, stack_name ${textual}, number ${whole}, published_at_ms ${whole},
      published_by ${textual}, sequence ${whole}, resources ${whole}, findings ${textual}, revision ${whole},
      document ${bytes}, primary key (account_id, stack_name, number)
    ) ${sql.raw(tableOptions)}`.compile(queries)
  ];
}

// control-plane/storage/migrations/0009-identity-token-uses.ts
function identityTokenUses({ queries, text, integer, tableOptions }) {
  const [textual, whole] = [sql.raw(`${text} not null`), sql.raw(`${integer} not null`)];
  return [
    sql`create table identity_token_uses (
      token_digest ${textual}, role_id ${textual}, session_name ${textual}, expires_at_ms ${whole}, revision ${whole},
      primary key (token_digest)
    ) ${sql.raw(tableOptions)}`.compile(queries),
    queries.schema.createIndex("identity_token_uses_by_expiry").on("identity_token_uses").column("expires_at_ms").compile()
  ];
}

// control-plane/storage/migrations/index.ts
var migrations = [
  { name: "initial", statements: initial },
  { name: "organizations", statements: organizations },
  { name: "root-key-holders", statements: rootKeyHolders },
  { name: "account-aliases", statements: accountAliases },
  { name: "key-users", statements: keyUsers },
  { name: "deletion-protection", statements: deletionProtection },
  { name: "audit-segments", statements: auditSegments },
  { name: "drift-reports", statements: driftReports },
  { name: "identity-token-uses", statements: identityTokenUses }
];

// control-plane/storage/migrations/runner.ts
async function migrate(dialect, transaction, clock, known = migrations) {
  await transaction(async (run) => {
    for (const query of ledger(dialect)) await run(query);
  });
  await transaction(async (run) => {
    await run(lockLedger(dialect));
    const applied = await appliedCount(dialect, run);
    refuseNewer(applied, known.length);
    for (const [index, migration] of known.entries()) {
      if (index < applied) continue;
      for (const query of migration.statements(dialect)) await run(query);
      const row = { number: index + 1, name: migration.name, applied_at_ms: clock.now() };
      await run(dialect.queries.insertInto("migrations").values(row).compile());
    }
  });
}
async function requireCurrentSchema(dialect, run) {
  const applied = await appliedCount(dialect, run);
  refuseNewer(applied, migrations.length);
  if (applied < migrations.length) {
    throw new StoreVersionMismatch(
      `The database has schema version ${applied}, but this program needs ${migrations.length}: start the server once to migrate it`
    );
  }
}
function refuseNewer(applied, known) {
  if (applied <= known) return;
  throw new StoreVersionMismatch(
    `The database has schema version ${applied}, but this program knows only ${known}: a newer keystead has migrated it. Start that version, or a newer one`
  );
}
async function appliedCount({ queries }, run) {
  const rows = await run(queries.selectFrom("migrations").select("number").compile());
  return Math.max(0, ...rows.map((row) => row.number));
}
function ledger(dialect) {
  const { queries, integer, text, tableOptions } = dialect;
  return [
    queries.schema.createTable("migrations").ifNotExists().addColumn("number", sql.raw(integer), (column) => column.primaryKey()).addColumn("name", sql.raw(text), (column) => column.notNull()).addColumn("applied_at_ms", sql.raw(integer), (column) => column.notNull()).modifyEnd(sql.raw(tableOptions)).compile(),
    queries.insertInto("migrations").values({ number: 0, name: "lock", applied_at_ms: 0 }).onConflict((conflict) => conflict.column("number").doNothing()).compile()
  ];
}
var lockLedger = ({ queries }) => queries.updateTable("migrations").set({ name: "lock" }).where("number", "=", 0).compile();

// control-plane/storage/segments/plan.ts
var SEAL_AFTER_MS = 6e4;
var SEAL_SEGMENTS = 64;
var GROW_SEGMENTS = 16;
function planMerge(smalls, open, nowMs) {
  const [oldest] = open;
  if (!oldest) return void 0;
  const all = [...smalls, ...open];
  const withSmalls = smalls.length >= GROW_SEGMENTS || recordsOf(all) >= FULL_RECORDS || bytesOf(all) >= FULL_BYTES;
  const merge2 = fill(withSmalls ? all : open);
  const due = merge2.grade === 2 || open.length >= SEAL_SEGMENTS || nowMs - oldest.to_ms >= SEAL_AFTER_MS;
  return due ? merge2 : void 0;
}
function fill(run) {
  const sources = [];
  let [records, bytes, fromMs, toMs] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const segment of run) {
    const last = sources.at(-1);
    fromMs = Math.min(fromMs, segment.from_ms);
    toMs = Math.max(toMs, segment.to_ms);
    const follows = !last || segment.first_sequence === last.last_sequence + 1;
    if (!follows || toMs - fromMs > MAX_SPAN_MS) return { sources, grade: 2 };
    sources.push(segment);
    records += segment.last_sequence - segment.first_sequence + 1;
    bytes += segment.size_in_bytes;
    if (records >= FULL_RECORDS || bytes >= FULL_BYTES) return { sources, grade: 2 };
  }
  return { sources, grade: 1 };
}
var recordsOf = (segments) => segments.reduce((sum, { first_sequence, last_sequence }) => sum + last_sequence - first_sequence + 1, 0);
var bytesOf = (segments) => segments.reduce((sum, { size_in_bytes }) => sum + size_in_bytes, 0);

// control-plane/storage/port/page.ts
function pageOf(rows, limit) {
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

// control-plane/storage/queries/audit/row-index.ts
var indexColumns = (entry) => ({
  account_id: entry.accountId,
  region: entry.region,
  event_source: entry.eventSource,
  event_name: entry.eventName,
  user_name: entry.userName ?? null,
  access_key_id: entry.accessKeyId ?? null,
  read_only: entry.readOnly ? 1 : 0,
  resource_type: entry.resourceType ?? null,
  request_id: entry.requestId,
  event_id: entry.eventId,
  at_ms: entry.atMs
});
var indexValues = (row) => ({
  accountId: row.account_id,
  region: row.region,
  eventSource: row.event_source,
  eventName: row.event_name,
  userName: row.user_name ?? void 0,
  accessKeyId: row.access_key_id ?? void 0,
  readOnly: row.read_only !== 0,
  resourceType: row.resource_type ?? void 0,
  requestId: row.request_id,
  eventId: row.event_id,
  atMs: row.at_ms
});
var resourceRow = (link) => ({
  account_id: link.accountId,
  resource_arn: link.resourceArn,
  at_ms: link.atMs,
  chain_id: link.chainId,
  sequence: link.sequence
});
var resourceLink = (row) => ({
  accountId: row.account_id,
  resourceArn: row.resource_arn,
  atMs: row.at_ms,
  chainId: row.chain_id,
  sequence: row.sequence
});
var linkColumns = sql`(l.account_id, l.resource_arn, l.at_ms, l.chain_id, l.sequence)`;
function linkTuple(row) {
  const [atMs, sequence] = [row.at_ms, row.sequence].map((value) => sql`cast(${value} as bigint)`);
  return sql`(${row.account_id}, ${row.resource_arn}, ${atMs}, ${row.chain_id}, ${sequence})`;
}
function amongLinks(rows) {
  const tuples = sql.join(rows.map(linkTuple));
  return sql`(account_id, resource_arn, at_ms, chain_id, sequence) in (values ${tuples})`;
}
function rowIndexQueries(db4, run) {
  const indexed = prepare(
    (page) => db4.selectFrom("audit_log").selectAll().where("chain_id", "=", page.chainId).where("sequence", ">", page.after).orderBy("sequence").limit(page.rows)
  );
  return {
    listAuditIndex: async (chainId, { after, limit }) => {
      const { rows, more } = pageOf(await run(indexed({ chainId, after, rows: limit + 1 })), limit);
      const entries = rows.map((row) => ({
        sequence: row.sequence,
        recordJson: row.record_json,
        stored: indexValues(row)
      }));
      return { rows: entries, more };
    },
    findResourceLinks: async (links) => {
      if (links.length === 0) return [];
      const found = db4.selectFrom("audit_resources").selectAll().where(amongLinks(links.map(resourceRow)));
      return (await run(found.compile())).map(resourceLink);
    },
    listResourceLinks: async ({ after, limit }) => {
      const { rows, more } = pageOf(await run(linksWithRecords(db4, after, limit + 1)), limit);
      const links = rows.map((row) => ({ link: resourceLink(row), isNamed: isNamed(row) }));
      return { rows: links, more };
    }
  };
}
function linksWithRecords(db4, after, limit) {
  const from = after ? sql`where ${linkColumns} > ${linkTuple(resourceRow(after))}` : sql``;
  return sql`
    select l.account_id, l.resource_arn, l.at_ms, l.chain_id, l.sequence, r.record_json
    from audit_resources l
    left join audit_log r on r.chain_id = l.chain_id and r.sequence = l.sequence
    ${from}
    order by l.account_id, l.resource_arn, l.at_ms, l.chain_id, l.sequence
    limit ${limit}`.compile(db4);
}
var isNamed = (row) => isLinkOf(resourceLink(row), row.record_json ?? void 0);
function repairStatements(db4, repair) {
  const { chainId, entries, add, remove } = repair;
  const updates = entries.map(({ sequence, entry }) => updateColumns(db4, chainId, sequence, entry).compile());
  const inserts = add.map(
    (link) => db4.insertInto("audit_resources").values(resourceRow(link)).onConflict((conflict) => conflict.doNothing()).compile()
  );
  const deletes = remove.length === 0 ? [] : [
    db4.deleteFrom("audit_resources").where(amongLinks(remove.map(resourceRow))).compile()
  ];
  return [...updates, ...inserts, ...deletes];
}
var updateColumns = (db4, chainId, sequence, entry) => db4.updateTable("audit_log").set(indexColumns(entry)).where("chain_id", "=", chainId).where("sequence", "=", sequence);

// control-plane/storage/queries/audit/arrange.ts
var ROWS_PER_MOVE = 256;
var ROWS_PER_STATEMENT = 500;
var OPEN_PER_PLAN = 1100;
var SMALLS_PER_PLAN = 64;
function arrangementQueries(db4, run) {
  return {
    listAuditToArrange: async (nowMs, limit) => {
      const open = await run(chainsToSeal(db4, nowMs, limit).compile());
      const moves = (await run(chainsWithRows(db4, limit).compile())).map(({ chain_id }) => chain_id);
      const merges = open.map(({ chain_id }) => chain_id);
      return [.../* @__PURE__ */ new Set([...merges, ...moves])].slice(0, limit);
    }
  };
}
function chainsToSeal(db4, nowMs, limit) {
  const records = sql`sum(last_sequence - first_sequence + 1)`;
  return db4.selectFrom("audit_segments").select("chain_id").where("grade", "=", sql.lit(0)).groupBy("chain_id").having(
    ({ eb, or, fn }) => or([
      eb(records, ">=", FULL_RECORDS),
      eb(fn.countAll(), ">=", SEAL_SEGMENTS),
      eb(fn.sum("size_in_bytes"), ">=", FULL_BYTES),
      eb(fn.min("to_ms"), "<=", nowMs - SEAL_AFTER_MS)
    ])
  ).orderBy("chain_id").limit(limit);
}
var chainsWithRows = (db4, limit) => db4.selectFrom("audit_chains").select("chain_id").where(sql`exists (select 1 from audit_log)`).where(sql`exists (select 1 from audit_log where audit_log.chain_id = audit_chains.chain_id)`).orderBy("chain_id").limit(limit);
async function arrangement(db4, run, { chainId, nowMs }, seal) {
  return await merge(db4, run, chainId, nowMs, seal) ?? await move(db4, run, chainId);
}
var headerColumns = [
  ...["id", "first_sequence", "last_sequence", "from_ms", "to_ms", "grade", "size_in_bytes"]
];
async function merge(db4, run, chainId, nowMs, seal) {
  const ofChain = () => db4.selectFrom("audit_segments").select(headerColumns).where("chain_id", "=", chainId);
  const open = await run(
    ofChain().where("grade", "=", sql.lit(0)).orderBy("last_sequence").limit(OPEN_PER_PLAN).compile()
  );
  const [first] = open;
  if (!first) return void 0;
  const before = await run(
    ofChain().where("last_sequence", "<", first.first_sequence).orderBy("last_sequence", "desc").limit(SMALLS_PER_PLAN).compile()
  );
  const full = before.findIndex(({ grade }) => grade !== 1);
  const smalls = (full < 0 ? before : before.slice(0, full)).toReversed();
  const plan = planMerge(smalls, open, nowMs);
  if (!plan) return void 0;
  const sources = [];
  for (let at = 0; at < plan.sources.length; at += ROWS_PER_STATEMENT) {
    const ids = plan.sources.slice(at, at + ROWS_PER_STATEMENT).map(({ id }) => id);
    sources.push(...await run(db4.selectFrom("audit_segments").selectAll().where("id", "in", ids).compile()));
  }
  sources.sort((a, b) => a.last_sequence - b.last_sequence);
  const asPlanned = plan.sources.every(({ id, grade, first_sequence }, index) => {
    const source = sources[index];
    return source?.id === id && source.grade === grade && source.first_sequence === first_sequence;
  });
  return asPlanned ? mergeStatements(db4, sources, await seal(sources, plan.grade)) : void 0;
}
async function mergeStatements(db4, sources, { row: into, terms }) {
  const last = sources.at(-1);
  if (!last) return [];
  return [
    { query: replaceSegment(db4, last, into), mustTouch: true },
    ...inParts(sources.slice(0, -1)).map((part) => always(db4.deleteFrom("audit_segments").where(amongSegments(part)))),
    ...await removeTerms(db4, sources),
    ...addTerms(db4, { ...into, id: last.id }, terms),
    { query: isAlone(db4, last.id, into), mustTouch: true }
  ];
}
var always = (query) => ({ query, mustTouch: false });
var replaceSegment = (db4, from, { chain_id: _, ...into }) => db4.updateTable("audit_segments").set(into).where("id", "=", from.id).where("chain_id", "=", from.chain_id).where("first_sequence", "=", from.first_sequence).where("last_sequence", "=", from.last_sequence).where("grade", "=", from.grade).returning("id");
function amongSegments(segments) {
  const tuples = segments.map(({ id, first_sequence, last_sequence }) => {
    return sql`(${sql.join([id, first_sequence, last_sequence].map((value) => sql`cast(${value} as bigint)`))})`;
  });
  return sql`(id, first_sequence, last_sequence) in (values ${sql.join(tuples)})`;
}
function isAlone(db4, id, { chain_id, first_sequence, last_sequence }) {
  const others = db4.selectFrom("audit_segments").select("id").where("chain_id", "=", chain_id).where("last_sequence", ">=", first_sequence).where("first_sequence", "<=", last_sequence).where("id", "<>", id);
  return db4.selectFrom("audit_chains").select("chain_id").where("chain_id", "=", chain_id).where("pruned_sequence", "<", first_sequence).where(({ not, exists }) => not(exists(others)));
}
var termRows = ({ id, to_ms, from_ms, last_sequence }, terms) => Array.from(terms, (term) => ({ term, to_ms, last_sequence, segment: id, from_ms }));
function addTerms(db4, segment, terms) {
  return inParts(termRows(segment, terms)).map(
    (rows) => always(
      db4.insertInto("audit_terms").values(rows).onConflict((conflict) => conflict.doNothing())
    )
  );
}
async function removeTerms(db4, segments) {
  const rows = [];
  for (const segment of segments) {
    if (segment.grade !== 0) rows.push(...termRows(segment, termsOf(await readTexts(segment)).keys()));
  }
  return inParts(rows).map((part) => always(db4.deleteFrom("audit_terms").where(amongTerms(part))));
}
function amongTerms(rows) {
  const tuples = sql.join(
    rows.map(({ term, to_ms, last_sequence, segment }) => {
      return sql`(${sql.join([term, to_ms, last_sequence, segment].map((value) => sql`cast(${value} as bigint)`))})`;
    })
  );
  return sql`(term, to_ms, last_sequence, segment) in (values ${tuples})`;
}
function inParts(rows) {
  const parts = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) parts.push(rows.slice(at, at + ROWS_PER_STATEMENT));
  return parts;
}
async function move(db4, run, chainId) {
  const query = db4.selectFrom("audit_log").selectAll().where("chain_id", "=", chainId).orderBy("sequence").limit(ROWS_PER_MOVE);
  const read = await run(query.compile());
  const [first] = read;
  if (!first) return void 0;
  const gap = read.findIndex(({ sequence }, index) => sequence !== first.sequence + index);
  const rows = gap < 0 ? read : read.slice(0, gap);
  const entries = rows.map((row) => ({ row, entry: indexEntryOfJson(row.record_json) }));
  const records = entries.map(({ row, entry }) => ({
    recordJson: row.record_json,
    hash: row.hash,
    atMs: entry && Number.isFinite(entry.atMs) ? entry.atMs : row.at_ms
  }));
  const links = entries.flatMap(({ row, entry }) => entry ? resourceLinksOf(chainId, row.sequence, entry) : []);
  const last = first.sequence + rows.length - 1;
  return [
    // Locks the chain against pruning, and against another server that moves the same rows.
    { query: stillKept(db4, chainId, first.sequence), mustTouch: true },
    { query: rowsBetween(db4, chainId, first.sequence, last).returning("chain_id"), mustTouch: true },
    ...inParts(links.map(resourceRow)).map((part) => always(db4.deleteFrom("audit_resources").where(amongLinks(part)))),
    ...segmentsOf(chainId, first.sequence, first.previous_hash, records).map((row) => always(insertSegment(db4, row)))
  ];
}
var stillKept = (db4, chainId, sequence) => db4.updateTable("audit_chains").set((eb) => ({ pruned_sequence: eb.ref("pruned_sequence") })).where("chain_id", "=", chainId).where("pruned_sequence", "<", sequence).returning("chain_id");
var rowsBetween = (db4, chainId, first, last) => db4.deleteFrom("audit_log").where("chain_id", "=", chainId).where("sequence", ">=", first).where("sequence", "<=", last);

// control-plane/storage/queries/audit/prune.ts
var ROWS_PER_DELETE = 500;
async function pruneStatements(db4, run, pruning) {
  const { chainId, anchor } = pruning;
  const resources = await resourcesOf(db4, run, pruning);
  const segments = await run(firstSegments(db4, pruning).compile());
  const cut = segments.find(({ last_sequence }) => last_sequence > anchor.sequence);
  return [
    { query: moveAnchor(db4, pruning), mustTouch: true },
    ...deleteResources(db4, resources),
    always2(db4.deleteFrom("audit_log").where("chain_id", "=", chainId).where("sequence", "<=", anchor.sequence)),
    ...await removeTerms(db4, segments),
    always2(
      db4.deleteFrom("audit_segments").where("chain_id", "=", chainId).where("last_sequence", "<=", anchor.sequence)
    ),
    ...cut ? await cutStatements(db4, cut, anchor) : [],
    { query: hasNoneBefore(db4, pruning), mustTouch: true }
  ];
}
var always2 = (query) => ({ query, mustTouch: false });
var firstSegments = (db4, { chainId, anchor }) => db4.selectFrom("audit_segments").selectAll().where("chain_id", "=", chainId).where("first_sequence", "<=", anchor.sequence).orderBy("last_sequence");
async function cutStatements(db4, cut, { sequence }) {
  return (await withoutFirst(cut, sequence)).map((rest) => ({ query: replaceSegment(db4, cut, rest), mustTouch: true }));
}
function hasNoneBefore(db4, { chainId, anchor }) {
  const before = db4.selectFrom("audit_segments").select("id").where("chain_id", "=", chainId).where("first_sequence", "<=", anchor.sequence);
  return db4.selectFrom("audit_chains").select("chain_id").where("chain_id", "=", chainId).where(({ not, exists }) => not(exists(before)));
}
async function resourcesOf(db4, run, { chainId, from, anchor }) {
  const texts = db4.selectFrom("audit_log").select(["sequence", "record_json"]).where("chain_id", "=", chainId).where("sequence", ">", from).where("sequence", "<=", anchor.sequence);
  return (await run(texts.compile())).flatMap(({ sequence, record_json }) => {
    const entry = indexEntryOfJson(record_json);
    return entry ? resourceLinksOf(chainId, sequence, entry).map(resourceRow) : [];
  });
}
var moveAnchor = (db4, { chainId, from, anchor }) => db4.updateTable("audit_chains").set({
  pruned_sequence: anchor.sequence,
  pruned_hash: anchor.hash,
  pruned_peaks: JSON.stringify(anchor.peaks)
}).where("chain_id", "=", chainId).where("pruned_sequence", "=", from).where("last_sequence", ">=", anchor.sequence).returning("chain_id");
function deleteResources(db4, rows) {
  const statements = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_DELETE) {
    const part = rows.slice(at, at + ROWS_PER_DELETE);
    statements.push(always2(db4.deleteFrom("audit_resources").where(amongLinks(part))));
  }
  return statements;
}

// control-plane/storage/queries/audit/segment-index.ts
var SEGMENTS_PER_READ = 16;
var TERMS_PER_READ = 500;
function segmentIndexQueries(db4, run) {
  return {
    listIndexedSegments: async (chainId, { after, limit }) => {
      const rows = Math.min(limit, SEGMENTS_PER_READ);
      const segments = await run(segmentsAfter2(db4, chainId, after, rows + 1).compile());
      const checked = [];
      for (const segment of segments.slice(0, rows)) checked.push(await compared(db4, run, segment));
      return { rows: checked, more: segments.length > rows };
    }
  };
}
var segmentsAfter2 = (db4, chainId, after, limit) => db4.selectFrom("audit_segments").selectAll().where("chain_id", "=", chainId).where("last_sequence", ">", after).orderBy("last_sequence").limit(limit);
async function compared(db4, run, segment) {
  const records = await readRecords(segment);
  const place = { first: segment.first_sequence, last: segment.last_sequence };
  const differences = hasOtherTimes(segment, records) ? ["time"] : [];
  if (segment.grade === 0) return { ...place, differences, missing: [] };
  const terms = termsOf(records.map(({ recordJson }) => recordJson));
  const derived = termRows(segment, terms.keys());
  const stored = /* @__PURE__ */ new Set();
  for (let at = 0; at < derived.length; at += TERMS_PER_READ) {
    for (const row of await run(storedTerms(db4, derived.slice(at, at + TERMS_PER_READ)).compile())) {
      if (row.from_ms === segment.from_ms) stored.add(row.term);
    }
  }
  const missing = [...terms].flatMap(([number, term]) => stored.has(number) ? [] : [nameOf(term)]);
  if (missing.length === 0) return { ...place, differences, missing };
  const [now] = await run(segmentsAfter2(db4, segment.chain_id, segment.last_sequence - 1, 1).compile());
  const isAsRead = now?.id === segment.id && now.grade === segment.grade && now.first_sequence === segment.first_sequence;
  return isAsRead || !now ? { ...place, differences, missing } : compared(db4, run, now);
}
var storedTerms = (db4, rows) => db4.selectFrom("audit_terms").select(["term", "from_ms"]).where(amongTerms(rows));
var nameOf = ({ kind, value }) => value === "" ? kind : `${kind} ${value}`;
function hasOtherTimes(segment, records) {
  const links = readLinks(segment);
  const isOther = records.some(({ recordJson }, index) => {
    const entry = indexEntryOfJson(recordJson);
    return entry !== void 0 && links[index]?.atMs !== entry.atMs;
  });
  const times = links.map(({ atMs }) => atMs);
  return isOther || Math.min(...times) !== segment.from_ms || Math.max(...times) !== segment.to_ms;
}
async function repairSegmentStatements(db4, run, chainId, lastSequence) {
  const [segment] = await run(segmentsAfter2(db4, chainId, lastSequence - 1, 1).compile());
  if (!segment) throw new WriteConflict(`audit chain ${chainId} has no segment with record ${lastSequence}`);
  const records = (await readRecords(segment)).map((record) => ({
    ...record,
    atMs: indexEntryOfJson(record.recordJson)?.atMs ?? record.atMs
  }));
  const [as, another] = segmentsOf(chainId, segment.first_sequence, segment.previous_hash, records);
  if (!as || another) throw new RangeError(`the times of the segment with record ${lastSequence} are too far apart`);
  const { grade, size_in_bytes, records: texts } = segment;
  const repaired = { ...as, last_sequence: segment.last_sequence, grade, size_in_bytes, records: texts };
  const terms = termsOf(records.map(({ recordJson }) => recordJson)).keys();
  const added = grade === 0 ? [] : addTerms(db4, { ...repaired, id: segment.id }, terms);
  const stale = db4.deleteFrom("audit_terms").where("segment", "=", segment.id);
  return [
    { query: replaceSegment(db4, segment, repaired), mustTouch: true },
    { query: stale, mustTouch: false },
    ...added
  ];
}

// control-plane/storage/queries/changes.ts
function changeQueries(db4, run) {
  return {
    listChanges: async ({ accountId, region, after, limit }) => {
      const query = db4.selectFrom("change_log").selectAll().$if(accountId !== void 0, (all) => all.where("account_id", "=", accountId ?? "")).$if(region !== void 0, (all) => all.where("region", "=", region ?? "")).where("sequence", ">", after).orderBy("sequence").limit(limit + 1);
      const page = pageOf(await run(query.compile()), limit);
      return { rows: page.rows.map(recordedChange), more: page.more };
    },
    newestChange: async (accountId) => {
      const query = db4.selectFrom("change_log").selectAll().where("account_id", "=", accountId).orderBy("sequence", "desc").limit(1);
      return (await run(query.compile())).map(recordedChange);
    }
  };
}
function recordedChange(row) {
  return {
    sequence: row.sequence,
    accountId: row.account_id,
    region: row.region,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    ...defined({ keyId: row.key_id ?? void 0 }),
    kind: row.kind,
    eventName: row.event_name,
    atMs: row.at_ms,
    requestId: row.request_id,
    eventId: row.event_id
  };
}
function causeOf({ changes, audit }) {
  const [record] = audit;
  if (changes.length === 0 || !record) return void 0;
  return { atMs: Date.parse(record.eventTime), requestId: record.requestID, eventId: record.eventID };
}
function changeStatements(db4, changes, cause) {
  if (changes.length === 0 || !cause) return [];
  return [
    { query: advanceChangeHead(db4, changes.length), mustTouch: true },
    { query: appendChanges(db4, changes, cause), mustTouch: false }
  ];
}
function advanceChangeHead(db4, count) {
  return db4.updateTable("change_head").set((eb) => ({ last_sequence: eb("last_sequence", "+", count) })).where("id", "=", 1).returning("last_sequence");
}
function appendChanges(db4, changes, cause) {
  const sequence = (index) => sql`(select last_sequence from change_head) - ${sql.lit(changes.length - 1 - index)}`;
  return db4.insertInto("change_log").values(
    changes.map((change, index) => ({
      sequence: sequence(index),
      account_id: change.accountId,
      region: change.region,
      resource_type: change.resourceType,
      resource_id: change.resourceId,
      key_id: change.keyId ?? null,
      kind: change.kind,
      event_name: change.eventName,
      at_ms: cause.atMs,
      request_id: cause.requestId,
      event_id: cause.eventId
    }))
  );
}

// control-plane/storage/queries/leases.ts
var NO_HOLDER = "";
function takeLease(db4, { name, holder, nowMs, ttlMs }) {
  const sameHolder = sql`leases.holder = excluded.holder`;
  return db4.insertInto("leases").values({ name, holder, fencing_token: 1, expires_at_ms: nowMs + ttlMs, revision: 1 }).onConflict(
    (conflict) => conflict.column("name").doUpdateSet((eb) => ({
      holder: eb.ref("excluded.holder"),
      fencing_token: sql`leases.fencing_token + case when ${sameHolder} then 0 else 1 end`,
      expires_at_ms: eb.ref("excluded.expires_at_ms"),
      revision: eb("leases.revision", "+", 1)
    })).where((eb) => eb.or([sameHolder, eb("leases.expires_at_ms", "<=", nowMs)]))
  ).returning(["name", "fencing_token", "revision"]);
}
function leaseOf(row) {
  return row && { name: row.name, fencingToken: row.fencing_token, revision: row.revision };
}
var endLeases = (db4) => db4.updateTable("leases").set({ expires_at_ms: 0 });
function dropLease(db4, lease, holder) {
  return db4.updateTable("leases").set((eb) => ({ holder: NO_HOLDER, expires_at_ms: 0, revision: eb("revision", "+", 1) })).where("name", "=", lease.name).where("holder", "=", holder).where("fencing_token", "=", lease.fencingToken).returning("name");
}

// control-plane/storage/port/tables.ts
var primaryKeys = {
  key_sets: ["account_id", "key_id"],
  keys: ["account_id", "region", "key_id"],
  key_materials: ["account_id", "key_id", "material_id"],
  imported_materials: ["account_id", "region", "key_id", "material_id"],
  custom_key_stores: ["account_id", "region", "custom_key_store_id"],
  aliases: ["account_id", "region", "alias_name"],
  grants: ["account_id", "region", "key_id", "grant_id"],
  key_usage: ["account_id", "region", "key_id"],
  key_users: ["account_id", "region", "key_id", "principal_id", "action"],
  usage_marks: ["chain_id"],
  accounts: ["account_id"],
  account_aliases: ["alias"],
  principals: ["principal_id"],
  groups: ["group_id"],
  group_members: ["group_id", "principal_id"],
  managed_policies: ["policy_id"],
  policy_versions: ["policy_id", "version_number"],
  inline_policies: ["owner_id", "name"],
  policy_attachments: ["owner_id", "policy_arn"],
  oidc_providers: ["account_id", "url"],
  access_keys: ["access_key_id"],
  access_key_usage: ["access_key_id"],
  idempotency: ["account_id", "principal_id", "idempotency_key"],
  identity_token_uses: ["token_digest"],
  meta: ["name"],
  root_key_holders: ["holder_id"],
  audit_trees: ["chain_id"],
  audit_checkpoints: ["number"],
  drift_stacks: ["account_id", "stack_name"],
  drift_reports: ["account_id", "stack_name", "number"],
  leases: ["name"]
};

// control-plane/storage/queries/mutations.ts
function mutationStatement(dialect, mutation) {
  const db4 = dialect.queries;
  const touched2 = sql`1`.as("touched");
  const { table } = mutation;
  switch (mutation.op) {
    case "insert":
      return { query: db4.insertInto(table).values({ ...mutation.row, revision: 1 }), mustTouch: false };
    case "update": {
      const where = { ...mutation.key, revision: mutation.revision };
      const set = { ...mutation.set, revision: mutation.revision + 1 };
      return { query: db4.updateTable(table).set(set).where(allEqual(where)).returning(touched2), mustTouch: true };
    }
    case "delete": {
      const where = { ...mutation.key, revision: mutation.revision };
      return { query: db4.deleteFrom(table).where(allEqual(where)).returning(touched2), mustTouch: true };
    }
    case "require": {
      const where = { ...mutation.key, revision: mutation.revision };
      const row = db4.selectFrom(table).select(touched2).where(allEqual(where));
      return { query: dialect.locksReadRows ? row.forShare() : row, mustTouch: true };
    }
    case "deleteAll":
      return { query: db4.deleteFrom(table).where(allEqual(mutation.where)), mustTouch: false };
  }
}
var allEqual = (cells) => sql`${sql.join(
  Object.entries(cells).map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
  sql` and `
)}`;
function checkWrite(write) {
  if (write.changes.length > 0 && write.audit.length === 0) {
    throw new TypeError("A write with changes needs the audit record of the request that made them");
  }
  const named = /* @__PURE__ */ new Set();
  for (const mutation of write.mutations) {
    if (mutation.op === "deleteAll") {
      if (Object.keys(mutation.where).length === 0)
        throw new TypeError(`deleteAll of ${mutation.table} names no column`);
      continue;
    }
    const cells = mutation.op === "insert" ? mutation.row : mutation.key;
    const row = JSON.stringify([mutation.table, ...keyColumns(mutation.table).map((column) => cells[column])]);
    if (named.has(row)) throw new TypeError(`A write names a row twice: ${row}`);
    named.add(row);
  }
}
var keyColumns = (table) => primaryKeys[table];

// control-plane/storage/queries/nodes.ts
var registerNode = (db4, node) => db4.insertInto("nodes").values({ node_id: node.nodeId, name: node.name, started_at_ms: node.nowMs, seen_at_ms: node.nowMs });
var seeNode = (db4, { nodeId, nowMs }) => db4.updateTable("nodes").set({ seen_at_ms: nowMs }).where("node_id", "=", nodeId).returning("node_id");
var startChain = (db4, { chainId, nodeId }) => db4.insertInto("audit_chains").values({
  chain_id: chainId,
  node_id: nodeId,
  last_sequence: 0,
  last_hash: genesisHash,
  pruned_sequence: 0,
  pruned_hash: genesisHash,
  pruned_peaks: "[]"
});

// control-plane/storage/queries/aliases.ts
function aliasQueries(db4, run) {
  const inRegion = (of) => db4.selectFrom("aliases").where("account_id", "=", of.accountId).where("region", "=", of.region);
  const byName = prepare(
    (alias) => inRegion(alias).selectAll().where("alias_name", "=", alias.aliasName)
  );
  const count = prepare(
    (of) => inRegion(of).select((eb) => eb.fn.countAll().as("count")).where("target_key_id", "=", of.keyId)
  );
  return {
    findAlias: async (accountId, region, aliasName) => (await run(byName({ accountId, region, aliasName })))[0],
    listAliases: async (accountId, region, { keyId, after = "", limit }) => {
      const query = inRegion({ accountId, region }).selectAll().$if(keyId !== void 0, (all) => all.where("target_key_id", "=", keyId ?? "")).where("alias_name", ">", after).orderBy("alias_name").limit(limit + 1);
      return pageOf(await run(query.compile()), limit);
    },
    countAliases: async (accountId, region, keyId) => (await run(count({ accountId, region, keyId })))[0]?.count ?? 0
  };
}

// control-plane/storage/queries/audit/checkpoints.ts
function checkpointQueries(db4, run) {
  const trees = prepare(() => db4.selectFrom("audit_trees").selectAll().orderBy("chain_id"));
  const last = prepare(() => db4.selectFrom("audit_checkpoints").selectAll().orderBy("number", "desc").limit(1));
  const checkpoints = prepare(
    (page) => db4.selectFrom("audit_checkpoints").selectAll().where("number", ">", page.after).orderBy("number").limit(page.rows)
  );
  return {
    listAuditTrees: async () => await run(trees({})),
    findLastCheckpoint: async () => (await run(last({})))[0],
    listCheckpoints: async ({ after, limit }) => pageOf(await run(checkpoints({ after, rows: limit + 1 })), limit)
  };
}

// control-plane/domain/identifiers/time-ordered-id.ts
import { randomUUID } from "node:crypto";
var TIMESTAMP_HEX_DIGITS = 12;
var AFTER_VERSION = 15;
function timeOrderedId(nowMs) {
  const time = nowMs.toString(16).padStart(TIMESTAMP_HEX_DIGITS, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(AFTER_VERSION)}`;
}
function timeOfId(id) {
  const [, high, low] = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.exec(id) ?? [];
  return high === void 0 || low === void 0 ? void 0 : Number.parseInt(high + low, 16);
}

// control-plane/storage/queries/audit/lookup.ts
import { setImmediate as nextTurn } from "node:timers/promises";

// control-plane/storage/queries/audit/placed.ts
var SCANNED_PER_PAGE = 2e3;
function byPlace(a, b) {
  if (a.atMs !== b.atMs) return b.atMs - a.atMs;
  if (a.sequence !== b.sequence) return b.sequence - a.sequence;
  return a.chainId === b.chainId ? 0 : a.chainId < b.chainId ? 1 : -1;
}
function leadingFilter({ accountId, ...query }) {
  const { resourceArn, accessKeyId, userName, eventName } = query;
  if (resourceArn !== void 0) return { accountId, kind: "resource", value: resourceArn };
  if (accessKeyId !== void 0) return { accountId, kind: "access-key", value: accessKeyId };
  if (userName !== void 0) return { accountId, kind: "user", value: userName };
  if (eventName !== void 0) return { accountId, kind: "event", value: eventName };
  return { accountId, kind: query.readOnly === false ? "changes" : "time", value: "" };
}
var formatPosition = ({ atMs, sequence, chainId }) => `${atMs}.${sequence}.${chainId}`;
function parsePosition(text) {
  const [, atMs, sequence, chainId] = /^(\d+)\.(\d+)\.(.*)$/s.exec(text) ?? [];
  if (chainId === void 0) throw new RangeError(`"${text}" is not a position in the audit log`);
  return { atMs: Number(atMs), sequence: Number(sequence), chainId };
}

// control-plane/storage/queries/audit/rows.ts
function rowQueries(db4, run) {
  const ofChain = (page) => db4.selectFrom("audit_log").where("chain_id", "=", page.chainId).where("sequence", ">", page.after).orderBy("sequence").limit(page.rows);
  const chain = prepare(
    (page) => ofChain(page).select(["chain_id", "sequence", "previous_hash", "hash", "record_json"])
  );
  const links = prepare(
    (page) => ofChain(page).select(["sequence", "hash", "at_ms"])
  );
  return {
    records: async (chainId, after, rows) => (await run(chain({ chainId, after, rows }))).map(recordedAudit),
    links: async (chainId, after, rows) => (await run(links({ chainId, after, rows }))).map(({ sequence, hash, at_ms: atMs }) => ({ sequence, hash, atMs })),
    place: async (eventId) => {
      const place = db4.selectFrom("audit_log").select(["chain_id", "sequence"]).where("event_id", "=", eventId);
      const [row] = await run(place.compile());
      return row && { chainId: row.chain_id, sequence: row.sequence };
    },
    lookup: async (query, before) => {
      const rows = await run(lookup(db4, query, before).compile());
      const found = rows.map(placed);
      if (rows.length > query.limit) return { found, until: found.at(-1) };
      const [last] = await run(lastScanned(db4, query, before).compile());
      return { found, until: last && { atMs: last.at_ms, sequence: last.sequence, chainId: last.chain_id } };
    }
  };
}
var placed = (row) => ({
  atMs: row.at_ms,
  sequence: row.sequence,
  chainId: row.chain_id,
  recordJson: row.record_json
});
function lookup(db4, query, before) {
  const { region = "", eventId = "", requestId = "", eventSource = "", resourceType = "" } = query;
  const { eventName = "", userName = "", accessKeyId = "" } = query;
  return db4.selectFrom(scan(db4, query, before).selectAll("audit_log").limit(SCANNED_PER_PAGE).as("scanned")).select(["chain_id", "sequence", "at_ms", "record_json"]).$if(query.region !== void 0, (all) => all.where("region", "=", region)).$if(query.eventName !== void 0, (all) => all.where("event_name", "=", eventName)).$if(query.userName !== void 0, (all) => all.where("user_name", "=", userName)).$if(query.accessKeyId !== void 0, (all) => all.where("access_key_id", "=", accessKeyId)).$if(query.readOnly !== void 0, (all) => all.where("read_only", "=", query.readOnly ? 1 : 0)).$if(query.eventId !== void 0, (all) => all.where("event_id", "=", eventId)).$if(query.requestId !== void 0, (all) => all.where("request_id", "=", requestId)).$if(query.eventSource !== void 0, (all) => all.where("event_source", "=", eventSource)).$if(query.resourceType !== void 0, (all) => all.where("resource_type", "=", resourceType)).orderBy("at_ms", "desc").orderBy("sequence", "desc").orderBy("chain_id", "desc").limit(query.limit + 1);
}
function lastScanned(db4, query, before) {
  return scan(db4, query, before).select(["audit_log.chain_id", "audit_log.sequence", "audit_log.at_ms"]).offset(SCANNED_PER_PAGE - 1).limit(1);
}
function scan(db4, query, before) {
  const { accountId, resourceArn, fromMs = 0, toMs = 0 } = query;
  const { eventName = "", userName = "", accessKeyId = "" } = query;
  const leading = resourceArn === void 0 ? "audit_log" : "audit_resources";
  const at = sql.ref(`${leading}.at_ms`);
  const place = sql`${at}, ${sql.ref(`${leading}.sequence`)}, ${sql.ref(`${leading}.chain_id`)}`;
  const { kind: by } = leadingFilter(query);
  return db4.selectFrom("audit_log").$call((all) => resourceArn === void 0 ? all : naming(all, resourceArn)).where(sql.ref(`${leading}.account_id`), "=", accountId).$if(by === "user", (all) => all.where("user_name", "=", userName)).$if(by === "access-key", (all) => all.where("access_key_id", "=", accessKeyId)).$if(by === "event", (all) => all.where("event_name", "=", eventName)).$if(by === "changes", (all) => all.where("read_only", "=", sql.lit(0))).$if(query.fromMs !== void 0, (all) => all.where(at, ">=", fromMs)).$if(query.toMs !== void 0, (all) => all.where(at, "<=", toMs)).$if(before !== void 0, (all) => {
    const { atMs = 0, sequence = 0, chainId = "" } = before ?? {};
    const earlier = sql`${at} <= ${atMs} and (${place}) < (${atMs}, ${sequence}, ${chainId})`;
    return all.where(earlier);
  }).orderBy(at, "desc").orderBy(sql.ref(`${leading}.sequence`), "desc").orderBy(sql.ref(`${leading}.chain_id`), "desc");
}
function naming(log, resourceArn) {
  return log.innerJoin(
    "audit_resources",
    (join) => join.onRef("audit_resources.chain_id", "=", "audit_log.chain_id").onRef("audit_resources.sequence", "=", "audit_log.sequence")
  ).where("audit_resources.resource_arn", "=", resourceArn);
}
function recordedAudit(row) {
  return {
    chainId: row.chain_id,
    sequence: row.sequence,
    previousHash: row.previous_hash,
    hash: row.hash,
    recordJson: row.record_json
  };
}

// control-plane/storage/queries/audit/lookup.ts
var SEGMENTS_PER_PAGE = 256;
var RECORDS_READ_PER_PAGE = 32768;
var SEGMENTS_PER_READ2 = 8;
var ATTEMPTS = 10;
function lookupQueries(db4, run) {
  const rows = rowQueries(db4, run);
  return {
    lookupAudit: async (query) => {
      const before = query.before === void 0 ? void 0 : parsePosition(query.before);
      const old = await rows.lookup(query, before);
      return pageOfScans(query.limit, [old, await scanSegments(db4, run, query, before)]);
    }
  };
}
function pageOfScans(limit, scans) {
  const ends = scans.flatMap(({ until: until2 }) => until2 ? [until2] : []).sort(byPlace);
  const [until] = ends;
  const found = [];
  for (const record of scans.flatMap((scan2) => scan2.found).sort(byPlace)) {
    const last = found.at(-1);
    if (until && byPlace(record, until) > 0) break;
    if (!last || byPlace(last, record) !== 0) found.push(record);
  }
  const records = found.slice(0, limit).map(({ recordJson }) => JSON.parse(recordJson));
  const next = found.length > limit ? found[limit - 1] : until;
  return next ? { records, next: formatPosition(next) } : { records };
}
async function scanSegments(db4, run, query, before) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const listed = await run(candidates(query, before, attempt > 1).compile(db4));
    const scan2 = await readCandidates(db4, run, query, before, listed);
    if (scan2) return scan2;
    await nextTurn();
  }
  throw new StoreUnavailable("The audit log was rearranged during every attempt to search it");
}
function candidates(query, before, isChecked) {
  const { fromMs = 0, toMs = Number.MAX_SAFE_INTEGER } = query;
  const latest = Math.min(toMs, before?.atMs ?? Number.MAX_SAFE_INTEGER);
  const from = latest > Number.MAX_SAFE_INTEGER - MAX_SPAN_MS ? latest : latest + MAX_SPAN_MS;
  const within = sql`from_ms <= ${latest} and to_ms >= ${fromMs} and to_ms <= ${from}`;
  const order = sql`order by to_ms desc, last_sequence desc limit ${sql.lit(SEGMENTS_PER_PAGE + 1)}`;
  const exists = isChecked ? sql`and exists (select 1 from audit_segments s where s.id = t.segment and s.last_sequence = t.last_sequence)` : sql``;
  return sql`
    select * from (select segment as id, to_ms, last_sequence from audit_terms t
      where term = ${termNumber(leadingFilter(query))} and ${within} ${exists} ${order}) as indexed
    union all
    select * from (select id, to_ms, last_sequence from audit_segments where grade = 0 and ${within} ${order}) as open
    ${order}`;
}
async function readCandidates(db4, run, query, before, listed) {
  const matching = [];
  const isScanned = scannedBy(query, before);
  let read = 0;
  for (let at = 0; at < listed.length; ) {
    const count = Math.min(at + 1, SEGMENTS_PER_READ2);
    const part = listed.slice(at, Math.min(at + count, SEGMENTS_PER_PAGE));
    const ids = part.map(({ id }) => id);
    const segments = await run(db4.selectFrom("audit_segments").selectAll().where("id", "in", ids).compile());
    if (!part.every((one) => segments.some((segment) => isSame(segment, one)))) return void 0;
    const texts = await Promise.all(segments.map(readTexts));
    for (const [index, { chain_id: chainId, first_sequence }] of segments.entries()) {
      const lines = texts[index] ?? [];
      read += lines.length;
      for (const [line, recordJson] of lines.entries()) {
        const sequence = first_sequence + line;
        const entry = isScanned(chainId, sequence, recordJson);
        if (entry) matching.push({ atMs: entry.atMs, sequence, chainId, recordJson, entry });
      }
      await nextTurn();
    }
    at += part.length;
    const next = listed[at];
    const bound = next && { atMs: next.to_ms, sequence: next.last_sequence + 1, chainId: "" };
    const scan2 = completeScan(query, matching, bound);
    if (scan2.isEnough || !bound || read >= RECORDS_READ_PER_PAGE || at >= SEGMENTS_PER_PAGE) return scan2;
  }
  return { found: [], until: void 0 };
}
var isSame = (segment, { id, to_ms, last_sequence }) => segment.id === id && segment.last_sequence === last_sequence && segment.to_ms === to_ms;
function completeScan(query, matching, bound) {
  matching.sort(byPlace);
  const complete = bound ? matching.filter((record) => byPlace(record, bound) <= 0) : matching;
  const scanned = complete.slice(0, SCANNED_PER_PAGE);
  const isFull = scanned.length === SCANNED_PER_PAGE;
  const found = scanned.filter(({ entry }) => isMatch(query, entry)).slice(0, query.limit + 1);
  const isOver = found.length > query.limit;
  return { found, until: isOver ? found.at(-1) : isFull ? scanned.at(-1) : bound, isEnough: isFull || isOver };
}
function scannedBy(query, before) {
  const { accountId, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = query;
  const { kind, value } = leadingFilter(query);
  const written = value === "" || value === "root" ? "" : JSON.stringify(value).slice(1, -1);
  return (chainId, sequence, recordJson) => {
    if (!recordJson.includes(written)) return void 0;
    const entry = indexEntryOfJson(recordJson);
    if (entry?.accountId !== accountId || !leads[kind](entry, value)) return void 0;
    if (entry.atMs < fromMs || entry.atMs > toMs) return void 0;
    return before && byPlace(before, { atMs: entry.atMs, sequence, chainId }) >= 0 ? void 0 : entry;
  };
}
var leads = {
  time: () => true,
  changes: ({ readOnly }) => !readOnly,
  user: ({ userName }, value) => userName === value,
  "access-key": ({ accessKeyId }, value) => accessKeyId === value,
  event: ({ eventName }, value) => eventName === value,
  resource: ({ resourceArns }, value) => resourceArns.includes(value)
};
var EXACT = [
  ...["region", "eventName", "eventSource", "userName", "accessKeyId", "readOnly", "resourceType"],
  ...["eventId", "requestId"]
];
var isMatch = (query, entry) => EXACT.every((name) => query[name] === void 0 || query[name] === entry[name]);

// control-plane/storage/queries/audit/log.ts
function auditQueries(db4, run) {
  const chains = prepare(() => db4.selectFrom("audit_chains").selectAll().orderBy("chain_id"));
  const rows = rowQueries(db4, run);
  const segments = segmentQueries(db4, run);
  return {
    listAuditChains: async () => (await run(chains({}))).map(chainHead),
    listAudit: async (chainId, { after, limit }) => {
      const old = await rows.records(chainId, after, limit + 1);
      const found = [];
      for await (const batch of segmentsAfter(segments.whole(chainId), after, limit + 1)) {
        for (const segment of batch) {
          for (const { sequence, previousHash, hash, recordJson } of await readRecords(segment)) {
            found.push({ chainId, sequence, previousHash, hash, recordJson });
          }
        }
      }
      return inOrder(old, found, after, limit);
    },
    listAuditLinks: async (chainId, { after, limit }) => {
      const old = await rows.links(chainId, after, limit + 1);
      const found = [];
      for await (const batch of segmentsAfter(segments.links(chainId), after, limit + 1)) {
        for (const segment of batch) found.push(...readLinks(segment));
      }
      return inOrder(old, found, after, limit);
    },
    findAuditPlace: async (eventId) => {
      const atMs = timeOfId(eventId);
      const old = await rows.place(eventId);
      if (old) return old;
      const inSecond = atMs === void 0 ? void 0 : await placeInSegments(db4, run, eventId, atMs);
      return inSecond ?? await placeInSegments(db4, run, eventId);
    },
    ...lookupQueries(db4, run)
  };
}
function chainHead(row) {
  const head = { chainId: row.chain_id, lastSequence: row.last_sequence, lastHash: row.last_hash };
  if (row.pruned_sequence === 0) return head;
  const peaks = JSON.parse(row.pruned_peaks);
  return { ...head, anchor: { sequence: row.pruned_sequence, hash: row.pruned_hash, peaks } };
}
function inOrder(old, found, after, limit) {
  const wanted = [];
  let last = after;
  const sorted = old.length === 0 ? found : [...old, ...found].sort((a, b) => a.sequence - b.sequence);
  for (const row of sorted) {
    if (row.sequence <= last) continue;
    wanted.push(row);
    last = row.sequence;
    if (wanted.length > limit) break;
  }
  return pageOf(wanted, limit);
}
var SEGMENTS_PER_READ3 = 16;
var SECOND_MS = 1e3;
async function placeInSegments(db4, run, eventId, atMs) {
  const secondMs = Math.floor((atMs ?? 0) / SECOND_MS) * SECOND_MS;
  let last = { chain_id: "", last_sequence: 0 };
  for (; ; ) {
    const { chain_id, last_sequence } = last;
    const read = db4.selectFrom("audit_segments").selectAll().$if(atMs !== void 0, (all) => all.where("from_ms", "<=", secondMs).where("to_ms", ">=", secondMs)).where(
      ({ eb, and, or }) => or([
        eb("chain_id", ">", chain_id),
        and([eb("chain_id", "=", chain_id), eb("last_sequence", ">", last_sequence)])
      ])
    ).orderBy("chain_id").orderBy("last_sequence").limit(SEGMENTS_PER_READ3);
    const segments = await run(read.compile());
    for (const segment of segments) {
      const record = (await readRecords(segment)).find(({ recordJson }) => isEvent(recordJson, eventId));
      if (record) return { chainId: segment.chain_id, sequence: record.sequence };
    }
    const end = segments.at(-1);
    if (!end) return void 0;
    last = end;
  }
}
function isEvent(recordJson, eventId) {
  if (!recordJson.includes(eventId)) return false;
  try {
    return JSON.parse(recordJson).eventID === eventId;
  } catch {
    return false;
  }
}

// control-plane/storage/queries/custom-key-stores.ts
function customKeyStoreQueries(db4, run) {
  const all = () => db4.selectFrom("custom_key_stores").selectAll();
  const byId = prepare(
    (of) => all().where("account_id", "=", of.accountId).where("region", "=", of.region).where("custom_key_store_id", "=", of.keyStoreId)
  );
  const inRegion = prepare(
    (of) => all().where("account_id", "=", of.accountId).where("region", "=", of.region).orderBy("custom_key_store_id")
  );
  const inTransition = prepare(
    (of) => all().where("connection_state", "in", ["CONNECTING", "DISCONNECTING"]).orderBy("account_id").orderBy("region").orderBy("custom_key_store_id").limit(of.limit)
  );
  return {
    findCustomKeyStore: async (accountId, region, keyStoreId) => (await run(byId({ accountId, region, keyStoreId })))[0],
    listCustomKeyStores: (accountId, region) => run(inRegion({ accountId, region })),
    listCustomKeyStoresOn: (backing) => {
      const query = all().where((row) => row.and(backing)).orderBy("custom_key_store_id");
      return run(query.compile());
    },
    listCustomKeyStoresInTransition: (limit) => run(inTransition({ limit })),
    hasKeyInKeyStore: async (accountId, keyStoreId, xksKeyId) => {
      const query = db4.selectFrom("key_sets").select("key_id").where("account_id", "=", accountId).where("custom_key_store_id", "=", keyStoreId).$if(xksKeyId !== void 0, (keys) => keys.where("xks_key_id", "=", xksKeyId ?? "")).limit(1);
      return (await run(query.compile())).length > 0;
    }
  };
}

// control-plane/storage/queries/drift-reports.ts
var columns = [
  "drift_reports.account_id",
  "drift_reports.stack_name",
  "number",
  "published_at_ms",
  "published_by",
  "sequence",
  "resources",
  "findings"
];
function driftReportQueries(db4, run) {
  const stack = prepare(
    (of) => db4.selectFrom("drift_stacks").selectAll().where("account_id", "=", of.accountId).where("stack_name", "=", of.stackName)
  );
  const stacks = prepare(
    (of) => db4.selectFrom("drift_stacks").select(({ fn }) => fn.countAll().as("count")).where("account_id", "=", of.accountId)
  );
  const report = prepare(
    (of) => db4.selectFrom("drift_reports").selectAll().where("account_id", "=", of.accountId).where("stack_name", "=", of.stackName).where("number", "=", of.number)
  );
  const last = () => db4.selectFrom("drift_stacks").innerJoin(
    "drift_reports",
    (join) => join.onRef("drift_reports.account_id", "=", "drift_stacks.account_id").onRef("drift_reports.stack_name", "=", "drift_stacks.stack_name").onRef("drift_reports.number", "=", "drift_stacks.last_number")
  ).select(columns);
  return {
    findDriftStack: async (accountId, stackName) => (await run(stack({ accountId, stackName })))[0],
    countDriftStacks: async (accountId) => Number((await run(stacks({ accountId })))[0]?.count ?? 0),
    findDriftReport: async (accountId, stackName, number) => (await run(report({ accountId, stackName, number })))[0],
    listLastDriftReports: async (accountId, { after = "", limit }) => {
      const query = last().where("drift_stacks.account_id", "=", accountId).where("drift_stacks.stack_name", ">", after).orderBy("drift_stacks.stack_name").limit(limit + 1);
      return pageOf(await run(query.compile()), limit);
    },
    listDriftReports: async (accountId, stackName, { before, limit }) => {
      const query = db4.selectFrom("drift_reports").select(columns).where("account_id", "=", accountId).where("stack_name", "=", stackName).$if(before !== void 0, (all) => all.where("number", "<", before ?? 0)).orderBy("number", "desc").limit(limit + 1);
      return pageOf(await run(query.compile()), limit);
    },
    newestDriftReports: (limit) => run(
      last().orderBy("published_at_ms", "desc").orderBy("drift_stacks.account_id").orderBy("drift_stacks.stack_name").limit(limit).compile()
    )
  };
}

// control-plane/storage/queries/grants.ts
function grantQueries(db4, run) {
  const onKey = (key) => db4.selectFrom("grants").where("account_id", "=", key.accountId).where("region", "=", key.region).where("key_id", "=", key.keyId);
  const byId = prepare(
    (grant) => onKey(grant).selectAll().where("grant_id", "=", grant.grantId)
  );
  const byName = prepare(
    (grant) => onKey(grant).selectAll().where("name", "=", grant.name).orderBy("grant_id")
  );
  const toAny = prepare(
    (of) => onKey(of).selectAll().where("grantee_id", "in", [of.a, of.b, of.c, of.d, of.e]).orderBy("grantee_id").orderBy("grant_id").limit(of.rows)
  );
  const toOne = prepare(
    (of) => onKey(of).selectAll().where("grantee_id", "=", of.granteeId).where("grant_id", ">", of.after).orderBy("grant_id").limit(of.rows)
  );
  const count = prepare((key) => onKey(key).select((eb) => eb.fn.countAll().as("count")));
  return {
    findGrant: async (accountId, region, keyId, grantId) => (await run(byId({ accountId, region, keyId, grantId })))[0],
    listGrants: async (accountId, region, keyId, { granteePrincipal, after = "", limit }) => {
      const query = onKey({ accountId, region, keyId }).selectAll().$if(granteePrincipal !== void 0, (all) => all.where("grantee_principal", "=", granteePrincipal ?? "")).where("grant_id", ">", after).orderBy("grant_id").limit(limit + 1);
      return pageOf(await run(query.compile()), limit);
    },
    listGrantsForGrantees: async (accountId, region, keyId, granteeIds, limit) => {
      const [a, b = a, c = a, d = a, e = a, ...more] = granteeIds;
      if (a === void 0 || b === void 0 || c === void 0 || d === void 0 || e === void 0) {
        return pageOf([], limit);
      }
      if (more.length > 0) throw new RangeError("at most five grantee ids");
      return pageOf(await run(toAny({ accountId, region, keyId, a, b, c, d, e, rows: limit + 1 })), limit);
    },
    listGrantsForGrantee: async (accountId, region, keyId, granteeId, { after = "", limit }) => pageOf(await run(toOne({ accountId, region, keyId, granteeId, after, rows: limit + 1 })), limit),
    findGrantsByName: (accountId, region, keyId, name) => run(byName({ accountId, region, keyId, name })),
    listRetirableGrants: async (region, retiringId, { onKeysOf, after = "", limit }) => {
      const query = db4.selectFrom("grants").selectAll().where("region", "=", region).where("retiring_id", "=", retiringId).$if(onKeysOf !== void 0, (all) => all.where("account_id", "=", onKeysOf ?? "")).where("grant_id", ">", after).orderBy("grant_id").limit(limit + 1);
      return pageOf(await run(query.compile()), limit);
    },
    countGrants: async (accountId, region, keyId) => (await run(count({ accountId, region, keyId })))[0]?.count ?? 0
  };
}

// control-plane/storage/queries/idempotency.ts
function idempotencyQueries(db4, run) {
  const byKey = prepare(
    (of) => db4.selectFrom("idempotency").selectAll().where("account_id", "=", of.accountId).where("principal_id", "=", of.principalId).where("idempotency_key", "=", of.idempotencyKey)
  );
  const expired = prepare(
    (of) => db4.selectFrom("idempotency").selectAll().where("expires_at_ms", "<=", of.nowMs).orderBy("expires_at_ms").limit(of.limit)
  );
  return {
    findIdempotent: async (accountId, principalId, idempotencyKey) => (await run(byKey({ accountId, principalId, idempotencyKey })))[0],
    listExpiredIdempotency: (nowMs, limit) => run(expired({ nowMs, limit }))
  };
}

// control-plane/storage/queries/identities/accounts.ts
function accountQueries(db4, run) {
  const byId = prepare(
    (of) => db4.selectFrom("accounts").selectAll().where("account_id", "=", of.accountId)
  );
  const inOrganizations = prepare(
    () => db4.selectFrom("accounts").selectAll().where("organization_id", "is not", null).orderBy("account_id")
  );
  const alias = prepare(
    (of) => db4.selectFrom("account_aliases").selectAll().where("alias", "=", of.alias)
  );
  const aliasOf = prepare(
    (of) => db4.selectFrom("account_aliases").selectAll().where("account_id", "=", of.accountId)
  );
  return {
    findAccount: async (accountId) => (await run(byId({ accountId })))[0],
    listAccounts: async ({ after = "", limit }) => {
      const rows = db4.selectFrom("accounts").selectAll().where("account_id", ">", after).orderBy("account_id");
      return pageOf(await run(rows.limit(limit + 1).compile()), limit);
    },
    listAccountsInOrganizations: () => run(inOrganizations({})),
    findAccountAlias: async (name) => (await run(alias({ alias: name })))[0],
    findAliasOfAccount: async (accountId) => (await run(aliasOf({ accountId })))[0]
  };
}

// control-plane/storage/queries/name-page.ts
function namePage(query, table, { pathPrefix = "/", after, limit }) {
  const nameKey = sql.ref(`${table}.name_key`);
  const path = sql.ref(`${table}.path`);
  return query.$if(pathPrefix !== "/", (all) => all.where(sql`substr(${path}, 1, ${pathPrefix.length}) = ${pathPrefix}`)).$if(after !== void 0, (all) => all.where(sql`${nameKey} > ${after}`)).orderBy(nameKey).limit(limit + 1);
}

// control-plane/storage/queries/identities/groups.ts
function groupQueries(db4, run) {
  const inAccount = (accountId) => db4.selectFrom("groups").where("account_id", "=", accountId);
  const named = prepare(
    (of) => inAccount(of.accountId).selectAll().where("name_key", "=", of.nameKey)
  );
  const count = prepare(
    (of) => inAccount(of.accountId).select((eb) => eb.fn.countAll().as("count"))
  );
  const ofPrincipal = prepare(
    (of) => db4.selectFrom("group_members").innerJoin("groups", "groups.group_id", "group_members.group_id").selectAll("groups").where("group_members.principal_id", "=", of.principalId).orderBy("groups.name_key")
  );
  return {
    findGroupNamed: async (accountId, name) => (await run(named({ accountId, nameKey: name.toLowerCase() })))[0],
    listGroups: async (accountId, page) => pageOf(await run(namePage(inAccount(accountId).selectAll(), "groups", page).compile()), page.limit),
    countGroups: async (accountId) => (await run(count({ accountId })))[0]?.count ?? 0,
    listGroupMembers: async (groupId, page) => {
      const members = db4.selectFrom("group_members").innerJoin("principals", "principals.principal_id", "group_members.principal_id").selectAll("principals").where("group_members.group_id", "=", groupId);
      return pageOf(await run(namePage(members, "principals", page).compile()), page.limit);
    },
    listGroupsOf: (principalId) => run(ofPrincipal({ principalId }))
  };
}

// control-plane/storage/queries/identities/managed-policies.ts
function managedPolicyQueries(db4, run) {
  const inAccount = (accountId) => db4.selectFrom("managed_policies").where("account_id", "=", accountId);
  const byArn = prepare(
    (of) => db4.selectFrom("managed_policies").selectAll().where("arn", "=", of.arn)
  );
  const named = prepare(
    (of) => inAccount(of.accountId).selectAll().where("name_key", "=", of.nameKey)
  );
  const count = prepare(
    (of) => inAccount(of.accountId).select((eb) => eb.fn.countAll().as("count"))
  );
  const versions = prepare(
    (of) => db4.selectFrom("policy_versions").selectAll().where("policy_id", "=", of.policyId).orderBy("version_number", "desc")
  );
  return {
    findManagedPolicy: async (arn) => (await run(byArn({ arn })))[0],
    findManagedPolicyNamed: async (accountId, name) => (await run(named({ accountId, nameKey: name.toLowerCase() })))[0],
    listManagedPolicies: async (accountId, page) => pageOf(await run(namePage(inAccount(accountId).selectAll(), "managed_policies", page).compile()), page.limit),
    countManagedPolicies: async (accountId) => (await run(count({ accountId })))[0]?.count ?? 0,
    listPolicyVersions: (policyId) => run(versions({ policyId }))
  };
}

// control-plane/storage/queries/identities/oidc-providers.ts
function oidcProviderQueries(db4, run) {
  const byArn = prepare((of) => db4.selectFrom("oidc_providers").selectAll().where("arn", "=", of.arn));
  const inAccount = prepare(
    (of) => db4.selectFrom("oidc_providers").selectAll().where("account_id", "=", of.accountId).orderBy("url")
  );
  return {
    findOidcProvider: async (arn) => (await run(byArn({ arn })))[0],
    listOidcProviders: (accountId) => run(inAccount({ accountId }))
  };
}

// control-plane/storage/queries/identities/policy-attachments.ts
function policyAttachmentQueries(db4, run) {
  return { ...ofOwner(db4, run), ...ofPolicy(db4, run), ...counts(db4, run) };
}
function ofOwner(db4, run) {
  const attached = prepare(
    (of) => db4.selectFrom("policy_attachments").selectAll().where("owner_id", "=", of.ownerId).orderBy("policy_arn")
  );
  const inline = prepare(
    (of) => db4.selectFrom("inline_policies").selectAll().where("owner_id", "=", of.ownerId).orderBy("name")
  );
  return {
    listAttachments: (ownerId) => run(attached({ ownerId })),
    listInlinePolicies: (ownerId) => run(inline({ ownerId }))
  };
}
function ofPolicy(db4, run) {
  const entities = prepare(
    (of) => db4.selectFrom("policy_attachments").leftJoin("principals", "principals.principal_id", "policy_attachments.owner_id").leftJoin("groups", "groups.group_id", "policy_attachments.owner_id").select((eb) => [
      "policy_attachments.owner_kind as kind",
      "policy_attachments.owner_id as id",
      eb.fn.coalesce("principals.name", "groups.name", eb.val("")).as("name"),
      eb.fn.coalesce("principals.path", "groups.path", eb.val("/")).as("path")
    ]).where("policy_attachments.account_id", "=", of.accountId).where("policy_attachments.policy_arn", "=", of.policyArn).orderBy("policy_attachments.owner_kind").orderBy("policy_attachments.owner_id")
  );
  const bounded = prepare(
    (of) => db4.selectFrom("principals").selectAll().where("account_id", "=", of.accountId).where("permissions_boundary_arn", "=", of.policyArn).orderBy("kind").orderBy("name_key")
  );
  return {
    listAttachedEntities: (accountId, policyArn) => run(entities({ accountId, policyArn })),
    listPrincipalsBoundedBy: (accountId, policyArn) => run(bounded({ accountId, policyArn }))
  };
}
function counts(db4, run) {
  const byArn = async (query) => Object.fromEntries((await run(query.compile())).map(({ arn, count }) => [arn ?? "", count]));
  return {
    countAttachments: async (accountId, policyArns) => {
      if (policyArns.length === 0) return {};
      const query = db4.selectFrom("policy_attachments").select((eb) => ["policy_arn as arn", eb.fn.countAll().as("count")]).where("account_id", "=", accountId).where("policy_arn", "in", [...policyArns]).groupBy("policy_arn");
      return byArn(query);
    },
    countBoundaries: async (accountId, policyArns) => {
      if (policyArns.length === 0) return {};
      const query = db4.selectFrom("principals").select((eb) => ["permissions_boundary_arn as arn", eb.fn.countAll().as("count")]).where("account_id", "=", accountId).where("permissions_boundary_arn", "in", [...policyArns]).groupBy("permissions_boundary_arn");
      return byArn(query);
    }
  };
}

// control-plane/storage/queries/identities/principals.ts
function principalQueries(db4, run) {
  return { ...principals(db4, run), ...accessKeys(db4, run) };
}
function principals(db4, run) {
  const byArn = prepare((of) => db4.selectFrom("principals").selectAll().where("arn", "=", of.arn));
  const byId = prepare(
    (of) => db4.selectFrom("principals").innerJoin("accounts", "accounts.account_id", "principals.account_id").selectAll("principals").select("accounts.revision as identity_revision").where("principals.principal_id", "=", of.principalId)
  );
  const ofKind = (of) => db4.selectFrom("principals").where("account_id", "=", of.accountId).where("kind", "=", of.kind);
  const named = prepare(
    (of) => ofKind(of).selectAll().where("name_key", "=", of.nameKey)
  );
  const count = prepare((of) => ofKind(of).select((eb) => eb.fn.countAll().as("count")));
  return {
    findPrincipal: async (arn) => (await run(byArn({ arn })))[0],
    findPrincipalById: async (principalId) => {
      const row = (await run(byId({ principalId })))[0];
      if (!row) return void 0;
      const { identity_revision: identityRevision, ...principal } = row;
      return { principal, identityRevision };
    },
    findPrincipalNamed: async (accountId, kind, name) => (await run(named({ accountId, kind, nameKey: name.toLowerCase() })))[0],
    listPrincipals: async (accountId, kind, page) => pageOf(await run(namePage(ofKind({ accountId, kind }).selectAll(), "principals", page).compile()), page.limit),
    countPrincipals: async (accountId, kind) => (await run(count({ accountId, kind })))[0]?.count ?? 0
  };
}
var joinedColumns = [
  "principals.kind as principal_kind",
  "principals.name as principal_name",
  "principals.name_key as principal_name_key",
  "principals.arn as principal_arn",
  "principals.path as principal_path",
  "principals.description as principal_description",
  "principals.tags as principal_tags",
  "principals.permissions_boundary_arn as principal_permissions_boundary_arn",
  "principals.trust_policy as principal_trust_policy",
  "principals.trust_principals as principal_trust_principals",
  "principals.max_session_duration_in_seconds as principal_max_session_duration_in_seconds",
  "principals.created_at_ms as principal_created_at_ms",
  "principals.revision as principal_revision"
];
function accessKeys(db4, run) {
  const byId = prepare(
    (of) => db4.selectFrom("access_keys").innerJoin("principals", "principals.principal_id", "access_keys.principal_id").innerJoin("accounts", "accounts.account_id", "access_keys.account_id").selectAll("access_keys").select(joinedColumns).select("accounts.revision as identity_revision").where("access_keys.access_key_id", "=", of.accessKeyId)
  );
  const ofPrincipal = prepare(
    (of) => db4.selectFrom("access_keys").selectAll().where("principal_id", "=", of.principalId).orderBy("access_key_id")
  );
  return {
    findAccessKey: async (accessKeyId) => {
      const row = (await run(byId({ accessKeyId })))[0];
      return row && withPrincipal(row);
    },
    listAccessKeys: (principalId) => run(ofPrincipal({ principalId }))
  };
}
function withPrincipal(row) {
  const { access_key_id, account_id, principal_id, wrapped_secret, status, created_at_ms, revision } = row;
  return {
    access_key_id,
    account_id,
    principal_id,
    wrapped_secret,
    status,
    created_at_ms,
    revision,
    principal: {
      principal_id,
      account_id,
      kind: row.principal_kind,
      name: row.principal_name,
      name_key: row.principal_name_key,
      arn: row.principal_arn,
      path: row.principal_path,
      description: row.principal_description,
      tags: row.principal_tags,
      permissions_boundary_arn: row.principal_permissions_boundary_arn,
      trust_policy: row.principal_trust_policy,
      trust_principals: row.principal_trust_principals,
      max_session_duration_in_seconds: row.principal_max_session_duration_in_seconds,
      created_at_ms: row.principal_created_at_ms,
      revision: row.principal_revision
    },
    identityRevision: row.identity_revision
  };
}

// control-plane/storage/queries/identities/token-uses.ts
function tokenUseQueries(db4, run) {
  const byDigest = prepare(
    (of) => db4.selectFrom("identity_token_uses").selectAll().where("token_digest", "=", of.tokenDigest)
  );
  const expired = prepare(
    (of) => db4.selectFrom("identity_token_uses").selectAll().where("expires_at_ms", "<=", of.nowMs).orderBy("expires_at_ms").limit(of.limit)
  );
  return {
    findIdentityTokenUse: async (tokenDigest) => (await run(byDigest({ tokenDigest })))[0],
    listExpiredIdentityTokenUses: (nowMs, limit) => run(expired({ nowMs, limit }))
  };
}

// control-plane/storage/queries/installation.ts
function installationQueries(db4, run) {
  const named = prepare((of) => db4.selectFrom("meta").selectAll().where("name", "=", of.name));
  const holders = prepare(() => db4.selectFrom("root_key_holders").selectAll().orderBy("holder_id"));
  return {
    findMeta: async (name) => (await run(named({ name })))[0],
    listRootKeyHolders: () => run(holders({}))
  };
}

// control-plane/storage/queries/key-materials.ts
function keyMaterialQueries(db4, run) {
  return { ...sharedMaterials(db4, run), ...importedMaterials(db4, run) };
}
function sharedMaterials(db4, run) {
  const ofKey = (key) => db4.selectFrom("key_materials").selectAll().where("account_id", "=", key.accountId).where("key_id", "=", key.keyId);
  const byId = prepare((key) => ofKey(key).where("material_id", "=", key.materialId));
  const all = prepare((key) => ofKey(key).orderBy("created_at_ms").orderBy("material_id"));
  return {
    findMaterial: async (accountId, keyId, materialId) => (await run(byId({ accountId, keyId, materialId })))[0],
    listMaterials: (accountId, keyId) => run(all({ accountId, keyId }))
  };
}
function importedMaterials(db4, run) {
  const imported = () => db4.selectFrom("imported_materials").selectAll();
  const byId = prepare(
    (key) => imported().where("account_id", "=", key.accountId).where("region", "=", key.region).where("key_id", "=", key.keyId).where("material_id", "=", key.materialId)
  );
  const ofAllRegions = prepare(
    (key) => imported().where("account_id", "=", key.accountId).where("key_id", "=", key.keyId).orderBy("region").orderBy("material_id")
  );
  const expired = prepare(
    (due) => imported().where("valid_to_ms", "<=", due.nowMs).orderBy("valid_to_ms").orderBy("key_id").orderBy("region").orderBy("material_id").limit(due.limit)
  );
  return {
    findImportedMaterial: async (accountId, region, keyId, materialId) => (await run(byId({ accountId, region, keyId, materialId })))[0],
    listImportedMaterials: (accountId, keyId) => run(ofAllRegions({ accountId, keyId })),
    listExpiredMaterials: (nowMs, limit) => run(expired({ nowMs, limit }))
  };
}

// control-plane/storage/queries/keys.ts
var keyColumns2 = [
  "keys.account_id",
  "keys.region",
  "keys.key_id",
  "keys.state",
  "keys.description",
  "keys.policy",
  "keys.policy_principals",
  "keys.tags",
  "keys.created_at_ms",
  "keys.deletion_at_ms",
  "keys.pending_window_in_days",
  "keys.deletion_protected",
  "keys.revision"
];
var sharedColumns = [
  "key_sets.key_spec",
  "key_sets.key_usage",
  "key_sets.origin",
  "key_sets.key_manager",
  "key_sets.multi_region",
  "key_sets.primary_region",
  "key_sets.domain_region",
  "key_sets.current_material_id",
  "key_sets.custom_key_store_id",
  "key_sets.xks_key_id",
  "key_sets.rotation_enabled",
  "key_sets.rotation_period_in_days",
  "key_sets.next_rotation_at_ms",
  "key_sets.on_demand_rotation_count",
  "key_sets.revision as shared_revision"
];
function keyQueries(db4, run) {
  return { ...keyLookUps(db4, run), ...keyLists(db4, run), ...dueKeys(db4, run) };
}
var joined = (db4) => db4.selectFrom("keys").innerJoin(
  "key_sets",
  (join) => join.onRef("key_sets.account_id", "=", "keys.account_id").onRef("key_sets.key_id", "=", "keys.key_id")
).select([...keyColumns2, ...sharedColumns]);
function keyLookUps(db4, run) {
  const byId = prepare(
    (key) => joined(db4).where("keys.account_id", "=", key.accountId).where("keys.region", "=", key.region).where("keys.key_id", "=", key.keyId)
  );
  const byIdAlone = prepare(
    (key) => joined(db4).where("keys.region", "=", key.region).where("keys.key_id", "=", key.keyId)
  );
  return {
    findKey: async (accountId, region, keyId) => storedKey((await run(byId({ accountId, region, keyId })))[0]),
    findKeyInAnyAccount: async (region, keyId) => storedKey((await run(byIdAlone({ region, keyId })))[0])
  };
}
function keyLists(db4, run) {
  const related = prepare(
    (key) => db4.selectFrom("keys").selectAll().where("account_id", "=", key.accountId).where("key_id", "=", key.keyId).orderBy("region")
  );
  const inRegion = prepare(
    (page) => db4.selectFrom("keys").select(["account_id", "region", "key_id"]).where("account_id", "=", page.accountId).where("region", "=", page.region).where("key_id", ">", page.after).orderBy("key_id").limit(page.rows)
  );
  const count = prepare(
    (of) => db4.selectFrom(
      (eb) => eb.selectFrom("keys").select("key_id").where("account_id", "=", of.accountId).where("region", "=", of.region).limit(of.upTo).as("counted")
    ).select((eb) => eb.fn.countAll().as("count"))
  );
  return {
    listRelatedKeys: (accountId, keyId) => run(related({ accountId, keyId })),
    listKeys: async (accountId, region, { after = "", limit }) => pageOf(await run(inRegion({ accountId, region, after, rows: limit + 1 })), limit),
    countKeys: async (accountId, region, upTo) => (await run(count({ accountId, region, upTo })))[0]?.count ?? 0
  };
}
function dueKeys(db4, run) {
  const dueForRotation = prepare(
    (due) => joined(db4).where("key_sets.next_rotation_at_ms", "<=", due.nowMs).where("key_sets.rotation_enabled", "=", 1).whereRef("keys.region", "=", "key_sets.primary_region").where("keys.state", "=", "Enabled").orderBy("key_sets.next_rotation_at_ms").orderBy("keys.key_id").limit(due.limit)
  );
  const dueForDeletion = prepare(
    (due) => joined(db4).where("keys.deletion_at_ms", "<=", due.nowMs).where("keys.state", "=", "PendingDeletion").orderBy("keys.deletion_at_ms").orderBy("keys.key_id").limit(due.limit)
  );
  return {
    listKeysDueForRotation: async (nowMs, limit) => storedKeys(await run(dueForRotation({ nowMs, limit }))),
    listKeysDueForDeletion: async (nowMs, limit) => storedKeys(await run(dueForDeletion({ nowMs, limit })))
  };
}
function storedKey(row) {
  if (!row) return void 0;
  const { account_id, region, key_id, state, description, policy, policy_principals, tags, ...rest } = row;
  const { created_at_ms, deletion_at_ms, pending_window_in_days, deletion_protected, ...others } = rest;
  const { revision, shared_revision, ...shared } = others;
  return {
    shared: { account_id, key_id, ...shared, revision: shared_revision },
    regional: {
      account_id,
      region,
      key_id,
      state,
      description,
      policy,
      policy_principals,
      tags,
      created_at_ms,
      deletion_at_ms,
      pending_window_in_days,
      deletion_protected,
      revision
    }
  };
}
var storedKeys = (rows) => rows.flatMap((row) => storedKey(row) ?? []);

// control-plane/storage/queries/usage.ts
function usageQueries(db4, run) {
  return { ...ofKeys(db4, run), ...ofKeyUsers(db4, run), ...ofAccessKeys(db4, run), ...progress(db4, run) };
}
function ofKeys(db4, run) {
  const byId = prepare(
    (key) => db4.selectFrom("key_usage").selectAll().where("account_id", "=", key.accountId).where("region", "=", key.region).where("key_id", "=", key.keyId)
  );
  return {
    findKeyUsage: async (accountId, region, keyId) => (await run(byId({ accountId, region, keyId })))[0],
    listKeyUsages: async (accountId, region, keyIds) => {
      const rows = await run(
        db4.selectFrom("keys").leftJoin(
          "key_usage",
          (join) => join.onRef("key_usage.account_id", "=", "keys.account_id").onRef("key_usage.region", "=", "keys.region").onRef("key_usage.key_id", "=", "keys.key_id")
        ).select(["keys.key_id", "keys.created_at_ms", "key_usage.used_at_ms", "key_usage.revision"]).where("keys.account_id", "=", accountId).where("keys.region", "=", region).where("keys.key_id", "in", [...keyIds]).compile()
      );
      return rows.map(({ key_id: keyId, created_at_ms: createdAtMs, used_at_ms: usedAtMs, revision }) => ({
        keyId,
        createdAtMs,
        ...usedAtMs !== null && revision !== null && { known: { usedAtMs, revision } }
      }));
    }
  };
}
function ofKeyUsers(db4, run) {
  const latest = prepare(
    (of) => db4.selectFrom("key_users").selectAll().where("account_id", "=", of.accountId).where("region", "=", of.region).where("key_id", "=", of.keyId).where("used_at_ms", ">=", of.sinceMs).orderBy("used_at_ms", "desc").orderBy("principal_id").orderBy("action").limit(of.rows)
  );
  return {
    listKeyUsers: (accountId, region, keyId, { sinceMs, limit }) => run(latest({ accountId, region, keyId, sinceMs, rows: limit })),
    listKeyUsersAmong: (accountId, region, keyIds, principalIds) => run(
      db4.selectFrom("key_users").selectAll().where("account_id", "=", accountId).where("region", "=", region).where("key_id", "in", [...keyIds]).where("principal_id", "in", [...principalIds]).compile()
    )
  };
}
function ofAccessKeys(db4, run) {
  const byId = prepare(
    (of) => db4.selectFrom("access_key_usage").selectAll().where("access_key_id", "=", of.accessKeyId)
  );
  return {
    findAccessKeyUsage: async (accessKeyId) => (await run(byId({ accessKeyId })))[0],
    listAccessKeyUsages: async (accessKeyIds) => {
      if (accessKeyIds.length === 0) return [];
      const ids = [...accessKeyIds];
      const keys = db4.selectFrom("access_keys").select("access_key_id").where("access_key_id", "in", ids);
      const usages = db4.selectFrom("access_key_usage").selectAll().where("access_key_id", "in", ids);
      const known = new Map((await run(usages.compile())).map((row) => [row.access_key_id, row]));
      return (await run(keys.compile())).map(({ access_key_id: accessKeyId }) => {
        const usage = known.get(accessKeyId);
        return { accessKeyId, ...defined({ known: usage }) };
      });
    }
  };
}
var firstUnreadSegment = sql`(
  select min(s.last_sequence) from audit_segments s
  where s.chain_id = audit_chains.chain_id and s.last_sequence > coalesce(usage_marks.sequence, 0)
)`;
function progress(db4, run) {
  const chains = prepare(
    (due) => db4.selectFrom("audit_chains").leftJoin("usage_marks", "usage_marks.chain_id", "audit_chains.chain_id").select([
      "audit_chains.chain_id",
      "usage_marks.sequence as mark_sequence",
      "usage_marks.revision as mark_revision"
    ]).where((eb) => eb("audit_chains.last_sequence", ">", eb.fn.coalesce("usage_marks.sequence", eb.lit(0)))).where((eb) => eb(eb.fn.coalesce("usage_marks.read_at_ms", eb.lit(0)), "<=", due.readBeforeMs)).orderBy("audit_chains.chain_id").limit(due.limit)
  );
  const unread = prepare(
    () => db4.selectFrom("audit_chains").leftJoin("usage_marks", "usage_marks.chain_id", "audit_chains.chain_id").innerJoin(
      "audit_log",
      (join) => join.onRef("audit_log.chain_id", "=", "audit_chains.chain_id").on("audit_log.sequence", "=", sql`coalesce(usage_marks.sequence, 0) + 1`)
    ).select((eb) => eb.fn.min("audit_log.at_ms").as("since_ms"))
  );
  const unreadSegments = prepare(
    () => db4.selectFrom("audit_chains").leftJoin("usage_marks", "usage_marks.chain_id", "audit_chains.chain_id").innerJoin(
      "audit_segments",
      (join) => join.onRef("audit_segments.chain_id", "=", "audit_chains.chain_id").on("audit_segments.last_sequence", "=", firstUnreadSegment)
    ).select(["audit_segments.first_sequence", "audit_segments.from_ms", "audit_segments.links"]).select(sql`coalesce(usage_marks.sequence, 0)`.as("mark")).where(sql`audit_chains.last_sequence > coalesce(usage_marks.sequence, 0)`)
  );
  return {
    listChainsToReadForUsage: async (readBeforeMs, limit) => (await run(chains({ readBeforeMs, limit }))).map((row) => ({
      chainId: row.chain_id,
      ...row.mark_sequence !== null && row.mark_revision !== null && { mark: { sequence: row.mark_sequence, revision: row.mark_revision } }
    })),
    findUnreadForUsageSince: async () => {
      const [row] = await run(unread({}));
      const times = (await run(unreadSegments({}))).map((segment) => {
        return readLinks(segment).find(({ sequence }) => sequence > segment.mark)?.atMs;
      });
      const known = [row?.since_ms, ...times].filter((time) => typeof time === "number");
      return known.length === 0 ? void 0 : Math.min(...known);
    }
  };
}

// control-plane/storage/queries/wrapped-secrets.ts
var columns2 = {
  key_materials: { wrapped: "wrapped", others: [], ofKey: true },
  imported_materials: { wrapped: "wrapped", others: [], ofKey: true },
  access_keys: { wrapped: "wrapped_secret", others: ["account_id"], ofKey: false },
  custom_key_stores: { wrapped: "wrapped_secret", others: ["type", "xks_access_key_id"], ofKey: false }
};
var KEY_COLUMNS = ["key_spec", "origin", "domain_region"];
function wrappedSecretQueries(db4, run) {
  const count = async (table, before) => {
    const query = sql`select count(*) as count ${rowsOf(table, { before })}`;
    return (await run(query.compile(db4)))[0]?.count ?? 0;
  };
  return {
    listWrapped: async (table, page) => {
      const { wrapped, others, ofKey } = columns2[table];
      const own = [...primaryKeys[table], ...others, wrapped, "revision"].map((name) => ownColumn(table, name));
      const ofItsKey = ofKey ? KEY_COLUMNS.map((name) => sql.ref(`key_sets.${name}`)) : [];
      const query = sql`select ${sql.join([...own, ...ofItsKey])} ${rowsOf(table, page)}
        order by ${primaryKeyOf(table)} limit ${page.limit}`;
      return run(query.compile(db4));
    },
    countWrapped: async (before) => {
      const counts2 = wrappedTables.map(async (table) => [table, await count(table, before)]);
      return Object.fromEntries(await Promise.all(counts2));
    }
  };
}
var ownColumn = (table, name) => sql.ref(`${table}.${name}`);
var primaryKeyOf = (table) => sql.join(primaryKeys[table].map((name) => ownColumn(table, name)));
function rowsOf(table, { before, after }) {
  const { wrapped, ofKey } = columns2[table];
  const column = ownColumn(table, wrapped);
  const join = sql`join key_sets on key_sets.account_id = ${ownColumn(table, "account_id")}
    and key_sets.key_id = ${ownColumn(table, "key_id")}`;
  const conditions = [
    sql`${column} is not null`,
    ...before === void 0 ? [] : [sql`${column} < ${wrappedHeader(before)}`],
    ...after === void 0 ? [] : [sql`(${primaryKeyOf(table)}) > (${sql.join([...after])})`]
  ];
  return sql`from ${sql.table(table)} ${ofKey ? join : sql``} where ${sql.join(conditions, sql` and `)}`;
}

// control-plane/storage/queries/reader.ts
function createReader(db4, run) {
  return {
    ...keyQueries(db4, run),
    ...keyMaterialQueries(db4, run),
    ...usageQueries(db4, run),
    ...customKeyStoreQueries(db4, run),
    ...aliasQueries(db4, run),
    ...grantQueries(db4, run),
    ...accountQueries(db4, run),
    ...principalQueries(db4, run),
    ...groupQueries(db4, run),
    ...managedPolicyQueries(db4, run),
    ...policyAttachmentQueries(db4, run),
    ...oidcProviderQueries(db4, run),
    ...tokenUseQueries(db4, run),
    ...idempotencyQueries(db4, run),
    ...installationQueries(db4, run),
    ...wrappedSecretQueries(db4, run),
    ...changeQueries(db4, run),
    ...driftReportQueries(db4, run),
    ...auditQueries(db4, run),
    ...rowIndexQueries(db4, run),
    ...segmentIndexQueries(db4, run),
    ...arrangementQueries(db4, run),
    ...checkpointQueries(db4, run)
  };
}

// control-plane/storage/segments/seal-thread.ts
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
var SealThread = class {
  #waiting = /* @__PURE__ */ new Map();
  #worker;
  #lastId = 0;
  seal(segments, grade) {
    this.#worker ??= this.#start();
    this.#lastId += 1;
    const request = { id: this.#lastId, segments, grade };
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.#worker?.postMessage(request);
    });
  }
  async close() {
    await this.#worker?.terminate();
  }
  #start() {
    const worker = new Worker(pathToFileURL(programFile("storage/segments/seal-worker.ts")));
    worker.unref();
    let failure = "it ended";
    worker.on("message", ({ id, sealed: { row, terms } }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      waiting?.resolve({ row: { ...row, links: asBuffer(row.links), records: asBuffer(row.records) }, terms });
    });
    worker.on("error", (error) => {
      failure = error.message;
    });
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = void 0;
      for (const { reject } of this.#waiting.values()) reject(new Error(`sealing audit records failed: ${failure}`));
      this.#waiting.clear();
    });
    return worker;
  }
};
var asBuffer = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);

// control-plane/storage/engines/postgres-statement.ts
var guardStates = { lostRace: "22012", staleSnapshot: "2201F", chainMoved: "2201E" };
var db = postgresDialect.queries;
var touched = sql`1`.as("touched");
function writeStatement(write, end) {
  const changes = changeParts(write);
  const audit = auditParts(write.audit, end);
  const parts = [...audit.chain, ...changes.head];
  const lost = changes.head.length > 0 ? [touchedOnce("change_head")] : [];
  for (const [index, mutation] of write.mutations.entries()) {
    const name = `mutation_${index}`;
    const { query: query2, mustTouch } = mutationStatement(postgresDialect, mutation);
    parts.push({ name, query: query2 });
    if (mustTouch) lost.push(touchedOnce(name));
  }
  parts.push(...changes.log, ...audit.rows);
  const guards = [
    ...audit.chain.length > 0 ? [sql`ln((select count(*) from chain))`] : [],
    ...changes.guard ? [changes.guard] : [],
    ...lost.length > 0 ? [sql`1 / (case when ${sql.join(lost, sql` and `)} then 1 else 0 end)`] : []
  ];
  const expressions = sql.join(parts.map(({ name, query: query2 }) => sql`${sql.id(name)} as (${query2})`));
  const select = guards.length > 0 ? sql.join(guards) : sql`1`;
  const query = parts.length > 0 ? sql`with ${expressions} select ${select}` : sql`select ${select}`;
  return { query: query.compile(db), end: audit.end };
}
var touchedOnce = (name) => sql`(select count(*) from ${sql.id(name)}) = 1`;
function changeParts({ mutations, changes, cause }) {
  if (changes.length === 0 || !cause) return { head: [], log: [] };
  const head = [
    { name: "snapshot", query: db.selectFrom("change_head").select("last_sequence").where("id", "=", 1) },
    { name: "change_head", query: advanceChangeHead(db, changes.length) }
  ];
  const log = [{ name: "changes", query: appendChanges(db, changes, cause) }];
  if (!mutations.some(({ op }) => op === "deleteAll")) return { head: head.slice(1), log };
  const since = sql`(select last_sequence from change_head) - (select last_sequence from snapshot)`;
  const guard = sql`sqrt(case when ${since} = ${sql.lit(changes.length)} then 1 else -1 end)`;
  return { head, log, guard };
}
function auditParts(records, start) {
  if (records.length === 0) return { chain: [], rows: [], end: start };
  const { segments, end } = appendToChain(start, records);
  const move2 = { chainId: end.chainId, fromSequence: start.sequence, sequence: end.sequence, hash: end.hash };
  const rows = segments.map((segment, index) => ({ name: `audit_${index}`, query: insertSegment(db, segment) }));
  return { chain: [{ name: "chain", query: moveChainEnd(db, move2).returning(touched) }], rows, end };
}

// control-plane/storage/engines/postgres-connection.ts
var CONNECT_TIMEOUT_MS = 5e3;
var ANSWER_TIMEOUT_MS = 15e3;
var INT8 = 20;
var types2 = {
  getTypeParser: (oid, format) => oid === INT8 && format !== "binary" ? Number : esm_default.types.getTypeParser(oid, format)
};
var connectionConfig = (url) => ({
  connectionString: url,
  application_name: "keystead",
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  query_timeout: ANSWER_TIMEOUT_MS,
  keepAlive: true,
  types: types2
});
async function runOn(connection, { sql: sql2, parameters }) {
  const { rows } = await connection.query({ text: sql2, values: parameters.map(encode) });
  for (const row of rows) decode(row);
  return rows;
}
var encode = (value) => typeof value === "string" && (value.includes("\0") || value.includes("")) ? value.replaceAll("", "1").replaceAll("\0", "0") : value;
function decode(row) {
  for (const [column, value] of Object.entries(row)) {
    if (typeof value === "string" && value.includes("")) {
      row[column] = value.replaceAll("0", "\0").replaceAll("1", "");
    }
  }
}
var conflicts = [guardStates.lostRace, "23505", "40001", "40P01"];
var broken = /^(08|40003|57P0[1-4])/;
var unable = /^(53|57|58|25006|55|F0|XX|28|3D)/;
var ownErrors = [StoreUnavailable, StoreVersionMismatch, WriteConflict, TypeError, RangeError];
function failureOf(error) {
  if (ownErrors.some((own) => error instanceof own)) return "refused";
  const state = sqlStateOf(error);
  if (state === void 0) return "connection";
  if (conflicts.includes(state)) return "conflict";
  if (state === guardStates.staleSnapshot) return "stale-snapshot";
  if (state === guardStates.chainMoved) return "chain-moved";
  if (broken.test(state)) return "connection";
  return unable.test(state) ? "unavailable" : "refused";
}
function sqlStateOf(error) {
  const code = error instanceof esm_default.DatabaseError ? error.code : void 0;
  return code !== void 0 && /^[0-9A-Z]{5}$/.test(code) ? code : void 0;
}
var faults = { "53100": "disk-full", XX001: "damaged", XX002: "damaged" };
function storeErrorOf(error) {
  const failure = failureOf(error);
  if (failure === "refused") return error;
  const message = error instanceof Error ? error.message : String(error);
  if (sqlStateOf(error) === guardStates.lostRace) return new WriteConflict("a row has changed since it was read");
  if (failure === "conflict" || failure === "stale-snapshot") return new WriteConflict(message);
  return new StoreUnavailable(`PostgreSQL: ${message}`, faults[sqlStateOf(error) ?? ""]);
}

// control-plane/storage/engines/postgres-lanes.ts
var LANES = 8;
var LANES_FOR_AUDIT_ALONE = 2;
var RECORDS_PER_STATEMENT = 512;
var ATTEMPTS_ON_STALE_SNAPSHOT = 10;
var Lanes = class {
  #idle;
  #conditional = [];
  #auditAlone = [];
  #busy = /* @__PURE__ */ new Set();
  #lanesWithAuditAlone = 0;
  #closed = false;
  constructor(url, nodeId) {
    let chains = 0;
    const nextChainId = () => {
      chains += 1;
      return `${nodeId}/${chains}`;
    };
    this.#idle = Array.from({ length: LANES }, () => new Lane(url, nodeId, nextChainId));
  }
  write(write) {
    if (this.#closed) return Promise.reject(new StoreUnavailable("The store is closed"));
    return new Promise((resolve, reject) => {
      const alone = write.mutations.length === 0 && write.changes.length === 0;
      (alone ? this.#auditAlone : this.#conditional).push({ write, resolve, reject });
      this.#dispatch();
    });
  }
  /** Commits the waiting writes first. */
  async close() {
    this.#closed = true;
    while (this.#busy.size > 0) await Promise.all(this.#busy);
    await Promise.all(this.#idle.map((lane) => lane.close()));
  }
  #dispatch() {
    while (this.#idle.length > 0) {
      const group = this.#nextGroup();
      const lane = group && this.#idle.pop();
      if (!group || !lane) return;
      const work = this.#run(lane, group).finally(() => {
        this.#busy.delete(work);
        this.#dispatch();
      });
      this.#busy.add(work);
    }
  }
  #nextGroup() {
    if (this.#auditAlone.length > 0 && this.#lanesWithAuditAlone < LANES_FOR_AUDIT_ALONE) {
      return takeGroup(this.#auditAlone);
    }
    const job = this.#conditional.shift();
    return job && [job];
  }
  async #run(lane, group) {
    const [first, ...others] = group;
    if (!first) return;
    const alone = first.write.mutations.length === 0 && first.write.changes.length === 0;
    if (alone) this.#lanesWithAuditAlone += 1;
    const records = others.flatMap((job) => job.write.audit);
    try {
      await lane.commit({ ...first.write, audit: [...first.write.audit, ...records] });
      for (const job of group) job.resolve();
    } catch (error) {
      for (const job of group) job.reject(error);
    } finally {
      if (alone) this.#lanesWithAuditAlone -= 1;
      this.#idle.push(lane);
    }
  }
};
function takeGroup(waiting) {
  let records = 0;
  const over = waiting.findIndex((job, index) => {
    records += job.write.audit.length;
    return index > 0 && records > RECORDS_PER_STATEMENT;
  });
  return waiting.splice(0, over < 0 ? waiting.length : over);
}
var Lane = class {
  #url;
  #nodeId;
  #nextChainId;
  #open;
  constructor(url, nodeId, nextChainId) {
    this.#url = url;
    this.#nodeId = nodeId;
    this.#nextChainId = nextChainId;
  }
  async commit(write) {
    for (let attempt = 1; attempt <= ATTEMPTS_ON_STALE_SNAPSHOT; attempt += 1) {
      try {
        return await this.#attempt(write);
      } catch (error) {
        const failure = failureOf(error);
        if (failure === "connection" || failure === "chain-moved") await this.close();
        if (failure !== "stale-snapshot") throw storeErrorOf(error);
      }
    }
    throw new WriteConflict("Other changes were committed first, in every attempt");
  }
  async close() {
    const open = this.#open;
    this.#open = void 0;
    await open?.client.end().catch(() => {
    });
  }
  async #attempt(write) {
    this.#open ??= await this.#connect();
    const open = this.#open;
    open.warning = void 0;
    const { query, end } = writeStatement(write, open.end);
    await runOn(open.client, query);
    open.end = end;
    if (open.warning !== void 0) {
      await this.close();
      throw new StoreUnavailable(`PostgreSQL warned about the commit: ${open.warning}`);
    }
  }
  async #connect() {
    const client = new esm_default.Client(connectionConfig(this.#url));
    const chainId = this.#nextChainId();
    const open = { client, end: { chainId, sequence: 0, hash: genesisHash }, warning: void 0 };
    client.on("error", () => {
      if (this.#open === open) this.#open = void 0;
    });
    client.on("notice", (notice) => {
      if (notice.severity === "WARNING") open.warning = notice.message;
    });
    await client.connect();
    try {
      await runOn(client, startChain(postgresDialect.queries, { chainId, nodeId: this.#nodeId }).compile());
      return open;
    } catch (error) {
      await client.end().catch(() => {
      });
      throw error;
    }
  }
};

// control-plane/storage/engines/postgres.ts
var db2 = postgresDialect.queries;
var READERS = 10;
async function openPostgres({ url, nodeName, clock, log }) {
  const pool = openPool(url);
  const node = { nodeId: randomUUID2(), name: nodeName, nowMs: clock.now() };
  const run = runOnce(pool);
  try {
    await checkServer(run, log);
    await migrate(postgresDialect, inTransaction(pool), clock);
    await run(registerNode(db2, node).compile());
  } catch (error) {
    await pool.end();
    throw error;
  }
  const lanes = new Lanes(url, node.nodeId);
  const commit = commitOn(pool);
  const sealer = new SealThread();
  return {
    engine: "postgres",
    ...createReader(db2, runTwice(pool)),
    write: async (write) => {
      checkWrite(write);
      const { mutations, changes } = write;
      if (mutations.length + changes.length + write.audit.length === 0) return;
      await lanes.write({ mutations, changes, cause: causeOf(write), audit: write.audit.map(newRecord) });
    },
    pruneAudit: async (chainId, from, anchor) => {
      await commit(await pruneStatements(db2, run, { chainId, from, anchor }));
    },
    arrangeAudit: async (step) => {
      const statements = await arrangement(db2, run, step, (segments, grade) => sealer.seal(segments, grade));
      if (statements) await commit(statements);
      return statements !== void 0;
    },
    repairAuditSegment: async (chainId, lastSequence) => {
      await commit(await repairSegmentStatements(db2, run, chainId, lastSequence));
    },
    repairAuditIndex: async (repair) => {
      for (const query of repairStatements(db2, repair)) await run(query);
    },
    acquireLease: async (name, holder, nowMs, ttlMs) => leaseOf((await run(takeLease(db2, { name, holder, nowMs, ttlMs }).compile()))[0]),
    releaseLease: async (lease, holder) => {
      await run(dropLease(db2, lease, holder).compile());
    },
    ping: async () => {
      await run(seeNode(db2, { nodeId: node.nodeId, nowMs: clock.now() }).compile());
    },
    close: async () => {
      await sealer.close();
      await lanes.close();
      if (!pool.ending) await pool.end();
    }
  };
}
async function openPostgresReadOnly(url) {
  const pool = openPool(url);
  const run = runTwice(pool);
  try {
    await requireCurrentSchema(postgresDialect, run);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    ...createReader(db2, run),
    close: async () => {
      if (!pool.ending) await pool.end();
    }
  };
}
function openPool(url) {
  const pool = new esm_default.Pool({ ...connectionConfig(url), max: READERS });
  pool.on("error", () => {
  });
  return pool;
}
var runOnce = (pool) => async (query) => {
  try {
    return await runOn(pool, query);
  } catch (error) {
    throw storeErrorOf(error);
  }
};
var runTwice = (pool) => async (query) => {
  try {
    return await runOn(pool, query);
  } catch (error) {
    if (failureOf(error) !== "connection") throw storeErrorOf(error);
    return runOnce(pool)(query);
  }
};
async function checkServer(run, log) {
  const settings = sql`
    select current_setting('server_encoding', true) as encoding, current_setting('synchronous_commit', true) as commit`;
  const [server] = await run(settings.compile(db2));
  if (server?.encoding && server.encoding !== "UTF8") {
    throw new StoreUnavailable(`The database's encoding is ${server.encoding}; create it with encoding UTF8`);
  }
  if (server?.commit === "off") {
    log?.warn(
      { synchronousCommit: "off" },
      "synchronous_commit is off: a crash of the database can lose acknowledged writes; set it to on"
    );
  }
}
var ATTEMPTS_TO_MIGRATE = 10;
var inTransaction = (pool) => async (work) => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await oneTransaction(pool, work);
    } catch (error) {
      if (!isMigrationConflict(error) || attempt === ATTEMPTS_TO_MIGRATE) throw storeErrorOf(error);
    }
  }
};
async function oneTransaction(pool, work) {
  const client = await pool.connect();
  let failed = true;
  try {
    await client.query("begin");
    const result = await work((query) => runOn(client, query));
    await client.query("commit");
    failed = false;
    return result;
  } finally {
    client.release(failed);
  }
}
var commitOn = (pool) => async (statements) => {
  try {
    await oneTransaction(pool, async (run) => {
      for (const { query, mustTouch } of statements) {
        const rows = await run(query.compile());
        if (mustTouch && rows.length === 0)
          throw new WriteConflict("another server has changed these records meanwhile");
      }
    });
  } catch (error) {
    throw storeErrorOf(error);
  }
};
var isMigrationConflict = (error) => failureOf(error) === "conflict" || ["42P07", "42710", "XX000"].includes(sqlStateOf(error) ?? "");

// control-plane/storage/engines/sqlite.ts
import { randomUUID as randomUUID3 } from "node:crypto";
import { pathToFileURL as pathToFileURL2 } from "node:url";
import { Worker as Worker2 } from "node:worker_threads";

// control-plane/storage/memory/remembering-reader.ts
var rowName = (kind, ...identity) => `${kind} ${identity.join(" ")}`;
var keyRows = ["key", "account_id", "key_id"];
var namings = {
  keys: keyRows,
  key_sets: keyRows,
  key_materials: keyRows,
  imported_materials: keyRows,
  grants: ["grants", "account_id", "region", "key_id"],
  aliases: ["alias", "account_id", "region", "alias_name"],
  custom_key_stores: ["key-store", "account_id", "region", "custom_key_store_id"],
  access_keys: ["access-key", "access_key_id"],
  principals: ["principal", "principal_id"],
  accounts: ["account", "account_id"]
};
function touchedRows(mutations) {
  const rows = /* @__PURE__ */ new Set();
  for (const mutation of mutations) {
    const naming2 = namings[mutation.table];
    if (!naming2 || mutation.op === "require") continue;
    const [kind, ...columns3] = naming2;
    const cells = cellsOf(mutation);
    if (columns3.some((column) => cells[column] === void 0)) return void 0;
    rows.add(rowName(kind, ...columns3.map((column) => cells[column])));
  }
  return [...rows];
}
function cellsOf(mutation) {
  if (mutation.op === "insert") return mutation.row;
  return mutation.op === "deleteAll" ? mutation.where : mutation.key;
}
function rememberingReader(reader, memory) {
  return { ...reader, ...rememberedKeys(reader, memory), ...rememberedPrincipals(reader, memory) };
}
function rememberedKeys(reader, memory) {
  return {
    async findKey(accountId, region, keyId) {
      const name = `key ${accountId} ${region} ${keyId}`;
      const read = () => reader.findKey(accountId, region, keyId);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName("key", accountId, keyId)]);
    },
    async findMaterial(accountId, keyId, materialId) {
      const name = `material ${accountId} ${keyId} ${materialId}`;
      const read = () => reader.findMaterial(accountId, keyId, materialId);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName("key", accountId, keyId)]);
    },
    async findImportedMaterial(accountId, region, keyId, materialId) {
      const name = `imported ${accountId} ${region} ${keyId} ${materialId}`;
      const read = () => reader.findImportedMaterial(accountId, region, keyId, materialId);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName("key", accountId, keyId)]);
    },
    async findAlias(accountId, region, aliasName) {
      const name = `alias ${accountId} ${region} ${aliasName}`;
      const read = () => reader.findAlias(accountId, region, aliasName);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName("alias", accountId, region, aliasName)]);
    },
    async findCustomKeyStore(accountId, region, keyStoreId) {
      const name = `key-store ${accountId} ${region} ${keyStoreId}`;
      const read = () => reader.findCustomKeyStore(accountId, region, keyStoreId);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName("key-store", accountId, region, keyStoreId)]);
    },
    async listGrantsForGrantees(accountId, region, keyId, granteeIds, limit) {
      const name = `grants ${accountId} ${region} ${keyId} ${limit} ${granteeIds.join(" ")}`;
      const read = () => reader.listGrantsForGrantees(accountId, region, keyId, granteeIds, limit);
      return memory.get(name) ?? memory.lookUp(name, read, () => [rowName("grants", accountId, region, keyId)]);
    }
  };
}
function rememberedPrincipals(reader, memory) {
  return {
    async findAccessKey(accessKeyId) {
      const name = `access-key ${accessKeyId}`;
      const read = () => reader.findAccessKey(accessKeyId);
      return memory.get(name) ?? memory.lookUp(name, read, ({ account_id, principal_id }) => [
        rowName("access-key", accessKeyId),
        rowName("principal", principal_id),
        rowName("account", account_id)
      ]);
    },
    async findPrincipalById(principalId) {
      const name = `principal ${principalId}`;
      const read = () => reader.findPrincipalById(principalId);
      return memory.get(name) ?? memory.lookUp(name, read, ({ principal }) => [
        rowName("principal", principalId),
        rowName("account", principal.account_id)
      ]);
    }
  };
}

// control-plane/storage/memory/row-memory.ts
var RowMemory = class {
  #kept;
  /** Row → names of the answers that were made of it. */
  #byRow = /* @__PURE__ */ new Map();
  /** Rows that writes under way touch, with the number of these writes. */
  #touched = /* @__PURE__ */ new Map();
  /** Counts writes: a look-up that one of them overlaps keeps nothing. */
  #begun = 0;
  #underWay = 0;
  #suspended = false;
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #sizeInBytes = 0;
  #isEvicting = false;
  constructor(capacityInBytes) {
    this.#kept = new LruMap(capacityInBytes, {
      sizeOf: (_name, { sizeInBytes }) => sizeInBytes,
      onForget: (kept) => this.#onForget(kept)
    });
  }
  get counts() {
    return {
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      answers: this.#kept.size,
      sizeInBytes: this.#sizeInBytes
    };
  }
  /** The answer of an earlier look-up; undefined when it must be looked up. */
  get(name) {
    const kept = this.#kept.get(name);
    if (!kept) {
      this.#misses += 1;
      return void 0;
    }
    this.#hits += 1;
    return kept.answer;
  }
  /** Looks up, and keeps the answer if there is one. It must not be changed: later callers get the same object. */
  async lookUp(name, read, madeOf) {
    const begun = this.#begun;
    const answer = await read();
    if (answer && begun === this.#begun && !this.#suspended) this.#keep(name, answer, madeOf(answer));
    return answer;
  }
  /**
   * Call it before a write is sent.
   * @param rows that the write touches; undefined: any
   * @returns what to call when the write has ended, with whether its outcome is known
   */
  begin(rows) {
    if (rows?.length === 0) return (isKnown) => this.#settle(isKnown);
    this.#begun += 1;
    this.#underWay += rows ? 0 : 1;
    if (!rows) this.#kept.clear();
    for (const row of rows ?? []) {
      this.#touched.set(row, (this.#touched.get(row) ?? 0) + 1);
      this.#forget(row);
    }
    return (isKnown) => {
      this.#underWay -= rows ? 0 : 1;
      for (const row of rows ?? []) this.#release(row);
      this.#settle(isKnown);
    };
  }
  /**
   * A write whose outcome is unknown may still appear: nothing is kept until a later write has committed, which settles
   * what the database holds.
   */
  #settle(isKnown) {
    if (isKnown === !this.#suspended) return;
    this.#suspended = !isKnown;
    this.#begun += 1;
    this.#kept.clear();
  }
  #keep(name, answer, madeOf) {
    if (this.#underWay > 0 || madeOf.some((row) => this.#touched.has(row))) return;
    const sizeInBytes = sizeOf(answer) + sizeOfText(name) + madeOf.reduce((sum, row) => sum + sizeOfText(row), 0);
    this.#kept.delete(name);
    for (const row of madeOf) {
      const names = this.#byRow.get(row);
      if (names) names.add(name);
      else this.#byRow.set(row, /* @__PURE__ */ new Set([name]));
    }
    this.#sizeInBytes += sizeInBytes;
    this.#isEvicting = true;
    this.#kept.set(name, { name, answer, madeOf, sizeInBytes });
    this.#isEvicting = false;
  }
  #forget(row) {
    for (const name of this.#byRow.get(row) ?? []) this.#kept.delete(name);
  }
  #release(row) {
    const writes = (this.#touched.get(row) ?? 1) - 1;
    if (writes === 0) this.#touched.delete(row);
    else this.#touched.set(row, writes);
  }
  #onForget({ name, madeOf, sizeInBytes }) {
    this.#sizeInBytes -= sizeInBytes;
    if (this.#isEvicting) this.#evictions += 1;
    for (const row of madeOf) {
      const names = this.#byRow.get(row);
      names?.delete(name);
      if (names?.size === 0) this.#byRow.delete(row);
    }
  }
};
var MEMBER_BYTES = 24;
var OBJECT_BYTES = 64;
var sizeOfText = (text) => text.length + OBJECT_BYTES;
function sizeOf(value) {
  if (typeof value === "string") return sizeOfText(value);
  if (value instanceof Uint8Array) return value.length + OBJECT_BYTES;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum, member) => sum + MEMBER_BYTES + sizeOf(member), OBJECT_BYTES);
}

// control-plane/storage/engines/sqlite.ts
var db3 = sqliteDialect.queries;
async function openSqlite(options) {
  try {
    return await openLocked(options);
  } catch (error) {
    throw openingError(error, options.directory);
  }
}
function openingError(error, directory) {
  const code = codeOf(error);
  if (error instanceof StoreUnavailable || !(error instanceof Error) || !/^(SQLITE_|E[A-Z]+$)/.test(code ?? ""))
    return error;
  return new StoreUnavailable(`SQLite cannot use ${databaseFile(directory)}: ${error.message}`, faultOf(error));
}
async function openLocked(options) {
  const file = databaseFile(options.directory);
  await prepareFiles(options.directory);
  const lock = lockDirectory(options.directory);
  try {
    const nodeId = await setUp(file, options);
    const reads = openForReading(file);
    const workerUrl = options.workerUrl ?? pathToFileURL2(programFile("storage/engines/sqlite-worker.ts"));
    const writer = new WriterThread(workerUrl, { file, chainId: nodeId });
    const close = async () => {
      reads.close();
      await writer.close();
      lock.close();
    };
    try {
      await writer.started();
    } catch (error) {
      await close();
      throw error;
    }
    return sqliteStore({ reads, writer, nodeId, clock: options.clock, close });
  } catch (error) {
    if (lock.open) lock.close();
    throw error;
  }
}
async function openSqliteReadOnly(directory) {
  const reads = openForReading(databaseFile(directory));
  const run = runOn2(new Statements(reads));
  try {
    await requireCurrentSchema(sqliteDialect, run);
  } catch (error) {
    reads.close();
    throw error;
  }
  return {
    ...createReader(db3, run),
    close: async () => {
      reads.close();
    }
  };
}
var runOn2 = (statements) => async (query) => {
  try {
    return statements.run(query).rows;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailable(`SQLite could not read: ${message}`, faultOf(error));
  }
};
async function setUp(file, { nodeName, clock }) {
  const database = openForWriting(file);
  const statements = new Statements(database);
  const run = async (query) => statements.run(query).rows;
  try {
    await migrate(
      sqliteDialect,
      async (work) => {
        database.exec("begin immediate");
        try {
          const result = await work(run);
          database.exec("commit");
          return result;
        } finally {
          if (database.inTransaction) database.exec("rollback");
        }
      },
      clock
    );
    await run(endLeases(db3).compile());
    const [existing] = await run(db3.selectFrom("nodes").select("node_id").compile());
    if (existing) return existing.node_id;
    const node = { nodeId: randomUUID3(), name: nodeName, nowMs: clock.now() };
    database.exec("begin immediate");
    await run(registerNode(db3, node).compile());
    await run(startChain(db3, { chainId: node.nodeId, nodeId: node.nodeId }).compile());
    database.exec("commit");
    return node.nodeId;
  } finally {
    database.close();
  }
}
var MEMORY_BYTES = 64 * 1024 * 1024;
function sqliteStore({ reads, writer, nodeId, clock, close }) {
  const memory = new RowMemory(MEMORY_BYTES);
  const sealer = new SealThread();
  const alone = (query) => writer.write([{ ...textOf(query), mustTouch: false }], []);
  const run = runOn2(new Statements(reads));
  const commit = (statements, audit = []) => writer.write(
    statements.map(({ query, mustTouch }) => ({ ...textOf(query.compile()), mustTouch })),
    audit
  );
  return {
    engine: "sqlite",
    ...rememberingReader(createReader(db3, run), memory),
    memory: () => memory.counts,
    write: async (write) => {
      checkWrite(write);
      const mutations = write.mutations.map((mutation) => mutationStatement(sqliteDialect, mutation));
      const changes = changeStatements(db3, write.changes, causeOf(write));
      const records = write.audit.map(newRecord);
      await remembered(memory, write.mutations, () => commit([...mutations, ...changes], records));
    },
    pruneAudit: async (chainId, from, anchor) => {
      await commit(await pruneStatements(db3, run, { chainId, from, anchor }));
    },
    arrangeAudit: async (step) => {
      const statements = await arrangement(db3, run, step, (segments, grade) => sealer.seal(segments, grade));
      if (statements) await commit(statements);
      return statements !== void 0;
    },
    repairAuditSegment: async (chainId, lastSequence) => {
      await commit(await repairSegmentStatements(db3, run, chainId, lastSequence));
    },
    repairAuditIndex: async (repair) => {
      const statements = repairStatements(db3, repair);
      await writer.write(
        statements.map((query) => ({ ...textOf(query), mustTouch: false })),
        []
      );
    },
    acquireLease: async (name, holder, nowMs, ttlMs) => {
      const rows = await alone(takeLease(db3, { name, holder, nowMs, ttlMs }).compile());
      return leaseOf(rows[0]);
    },
    releaseLease: async (lease, holder) => {
      await alone(dropLease(db3, lease, holder).compile());
    },
    ping: async () => {
      await alone(seeNode(db3, { nodeId, nowMs: clock.now() }).compile());
    },
    close: async () => {
      await sealer.close();
      await close();
    }
  };
}
async function remembered(memory, mutations, write) {
  const end = memory.begin(touchedRows(mutations));
  let isKnown = true;
  try {
    await write();
  } catch (error) {
    isKnown = !(error instanceof StoreUnavailable);
    throw error;
  } finally {
    end(isKnown);
  }
}
var textOf = ({ sql: sql2, parameters }) => ({ sql: sql2, parameters });
var WriterThread = class {
  #url;
  #setup;
  #pending = /* @__PURE__ */ new Map();
  #running;
  #unsent = [];
  #lastId = 0;
  #closed = false;
  constructor(url, setup) {
    this.#url = url;
    this.#setup = setup;
  }
  async started() {
    this.#running ??= this.#start();
    await this.#running.ready;
  }
  async write(statements, audit) {
    if (this.#closed) throw new StoreUnavailable("The store is closed");
    this.#lastId += 1;
    const job = { id: this.#lastId, statements, audit };
    if (this.#unsent.push(job) === 1) setImmediate(() => this.#send());
    return new Promise((resolve, reject) => this.#pending.set(job.id, { resolve, reject }));
  }
  #send() {
    const jobs = this.#unsent;
    if (jobs.length === 0) return;
    this.#unsent = [];
    this.#running ??= this.#start();
    this.#running.worker.postMessage(jobs);
  }
  /** Commits the waiting writes first. */
  async close() {
    this.#closed = true;
    this.#send();
    this.#running?.worker.postMessage("close");
    await this.#running?.gone;
  }
  #start() {
    const worker = new Worker2(this.#url, { workerData: this.#setup });
    const { promise: ready, resolve: isReady, reject: hasFailed } = Promise.withResolvers();
    const { promise: gone, resolve: isGone } = Promise.withResolvers();
    let failure = "it ended";
    worker.on("message", (reply) => {
      if (reply === "ready") isReady();
      else this.#settle(reply);
    });
    worker.on("error", (error) => {
      failure = error.message;
    });
    worker.on("exit", () => {
      this.#running = void 0;
      const error = new StoreUnavailable(`The SQLite writer stopped: ${failure}`);
      hasFailed(error);
      for (const { reject } of this.#pending.values()) reject(error);
      this.#pending.clear();
      this.#unsent = [];
      isGone();
    });
    ready.catch(() => {
    });
    return { worker, ready, gone };
  }
  #settle({ committed, others }) {
    for (const id of committed) this.#take(id)?.resolve([]);
    for (const { id, outcome, message, fault, rows } of others) {
      const pending = this.#take(id);
      if (outcome === "committed") pending?.resolve(rows);
      else if (outcome === "conflict") pending?.reject(new WriteConflict(message));
      else if (outcome === "unavailable") pending?.reject(new StoreUnavailable(message, fault));
      else pending?.reject(new Error(message));
    }
  }
  #take(id) {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
};

// control-plane/storage/open.ts
async function openStore(options) {
  const { database, dataDir, nodeName = hostname(), clock, log, sqliteWorkerUrl } = options;
  if (database === "sqlite") {
    return openSqlite({ directory: dataDir, nodeName, clock, ...defined({ workerUrl: sqliteWorkerUrl }) });
  }
  return openPostgres({ url: postgresUrl(database), nodeName, clock, ...defined({ log }) });
}
async function openStoreReadOnly({ database, dataDir }) {
  if (database === "sqlite") return openSqliteReadOnly(dataDir);
  return openPostgresReadOnly(postgresUrl(database));
}
function postgresUrl(database) {
  if (/^postgres(ql)?:\/\//.test(database)) return database;
  throw new RangeError('The database must be "sqlite" or a postgres:// URL');
}

export {
  timeOrderedId,
  timeOfId,
  pageOf,
  openStore,
  openStoreReadOnly
};

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Contracts;

/// <summary>
/// The JSON of a reading, field by field: every value passes here, and generated code costs twice as much.
/// Reading guesses that fields come in the order in which they are written, and is right for all but foreign producers.
/// </summary>
public sealed class ReadingConverter : JsonConverter<Reading>
{
    private enum Field
    {
        V, Site, Device, Tag, Kind, Ts, Value, Text, Unit, Q, Why, Clock, Agent, Epoch, Seq, Late,
    }

    private const int FieldCount = (int)Field.Late + 1;
    private static readonly JsonEncodedText[] Wire =
        [.. Enum.GetValues<Field>().Select(field => JsonEncodedText.Encode(JsonNamingPolicy.SnakeCaseLower.ConvertName(field.ToString())))];

    private static readonly Field[] Required =
        [Field.V, Field.Site, Field.Device, Field.Tag, Field.Kind, Field.Ts, Field.Value, Field.Q, Field.Agent, Field.Epoch, Field.Seq];

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Reading value, JsonSerializerOptions options) => Write(writer, value);

    internal static void Write(Utf8JsonWriter writer, Reading value)
    {
        writer.WriteStartObject();
        writer.WriteNumber(Wire[(int)Field.V], value.V);
        writer.WriteString(Wire[(int)Field.Site], value.Site);
        writer.WriteString(Wire[(int)Field.Device], value.Device);
        writer.WriteString(Wire[(int)Field.Tag], value.Tag);
        writer.WriteString(Wire[(int)Field.Kind], value.Kind);
        writer.WritePropertyName(Wire[(int)Field.Ts]);
        TimestampConverter.Write(writer, value.Ts);
        if (value.Value is { } number)
            writer.WriteNumber(Wire[(int)Field.Value], number);
        else
            writer.WriteNull(Wire[(int)Field.Value]);
        WriteOptional(writer, Field.Text, value.Text);
        WriteOptional(writer, Field.Unit, value.Unit);
        writer.WriteString(Wire[(int)Field.Q], QualityConverter.Text(value.Q));
        WriteOptional(writer, Field.Why, value.Why);
        if (value.Clock != ClockState.Synchronised)
            writer.WriteString(Wire[(int)Field.Clock], ClockStateConverter.Text(value.Clock));
        writer.WriteString(Wire[(int)Field.Agent], value.Agent);
        writer.WriteString(Wire[(int)Field.Epoch], value.Epoch);
        writer.WriteNumber(Wire[(int)Field.Seq], value.Seq);
        if (value.Late)
            writer.WriteBoolean(Wire[(int)Field.Late], true);
        WriteUnknown(writer, value);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public override Reading Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("a JSON object is needed");

        var fields = new Fields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (fields.Find(ref reader) is not { } field)
            {
                fields.ReadUnknown(ref reader);
                continue;
            }

            if (!fields.FirstTime(field))
                throw new JsonException($"{Wire[(int)field]} stands twice");
            reader.Read();
            fields.Read(field, ref reader);
        }

        fields.CheckRequired();
        return fields.ToReading();
    }

    private static void WriteOptional(Utf8JsonWriter writer, Field field, string? text)
    {
        if (text is not null)
            writer.WriteString(Wire[(int)field], text);
    }

    private static void WriteUnknown(Utf8JsonWriter writer, Reading value)
    {
        if (value.Unknown is null)
            return;
        foreach (var (name, element) in value.Unknown)
        {
            writer.WritePropertyName(name);
            RawJsonConverter.Write(writer, element);
        }
    }

    /// <summary>What has been read so far.</summary>
    private ref struct Fields
    {
        private int _seen;
        private int _next;
        private int _v;
        private string? _site, _device, _tag, _kind, _text, _unit, _why, _agent, _epoch;
        private Timestamp _ts;
        private double? _value;
        private Quality _q;
        private ClockState _clock;
        private long _seq;
        private bool _late;
        private Dictionary<string, JsonElement>? _unknown;

        public Field? Find(ref Utf8JsonReader reader)
        {
            for (var step = 0; step < FieldCount; step++)
            {
                var index = _next + step < FieldCount ? _next + step : _next + step - FieldCount;
                if (!reader.ValueTextEquals(Wire[index].EncodedUtf8Bytes))
                    continue;
                _next = index + 1 < FieldCount ? index + 1 : 0;
                return (Field)index;
            }

            return null;
        }

        public bool FirstTime(Field field)
        {
            var bit = 1 << (int)field;
            var first = (_seen & bit) == 0;
            _seen |= bit;
            return first;
        }

        public void Read(Field field, ref Utf8JsonReader reader)
        {
            switch (field)
            {
                case Field.V: _v = (int)Integer(field, ref reader, int.MaxValue); break;
                case Field.Site: _site = String(field, ref reader); break;
                case Field.Device: _device = String(field, ref reader); break;
                case Field.Tag: _tag = String(field, ref reader); break;
                case Field.Kind: _kind = String(field, ref reader); break;
                case Field.Ts: _ts = TimestampConverter.Read(ref reader, "ts"); break;
                case Field.Value: _value = Number(field, ref reader); break;
                case Field.Text: _text = OptionalString(field, ref reader); break;
                case Field.Unit: _unit = OptionalString(field, ref reader); break;
                case Field.Q: _q = QualityConverter.Parse(ref reader); break;
                case Field.Why: _why = OptionalString(field, ref reader); break;
                case Field.Clock: _clock = ClockStateConverter.Parse(ref reader); break;
                case Field.Agent: _agent = String(field, ref reader); break;
                case Field.Epoch: _epoch = String(field, ref reader); break;
                case Field.Seq: _seq = Integer(field, ref reader, long.MaxValue); break;
                case Field.Late: _late = Bool(field, ref reader); break;
            }
        }

        public void ReadUnknown(ref Utf8JsonReader reader)
        {
            var name = reader.GetString()!;
            reader.Read();
            _unknown ??= [];
            if (!_unknown.TryAdd(name, JsonElement.ParseValue(ref reader)))
                throw new JsonException($"{name} stands twice");
        }

        public readonly void CheckRequired()
        {
            foreach (var field in Required)
            {
                if ((_seen & (1 << (int)field)) == 0)
                    throw new JsonException($"{Wire[(int)field]} is missing");
            }
        }

        public readonly Reading ToReading() => new()
        {
            V = _v,
            Site = _site!, // CheckRequired has seen it, and String gives no null
            Device = _device!,
            Tag = _tag!,
            Kind = _kind!,
            Ts = _ts,
            Value = _value,
            Text = _text,
            Unit = _unit,
            Q = _q,
            Why = _why,
            Clock = _clock,
            Agent = _agent!,
            Epoch = _epoch!,
            Seq = _seq,
            Late = _late,
            Unknown = _unknown,
        };

        private static string String(Field field, ref Utf8JsonReader reader) =>
            reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Wrong(field, "text", reader.TokenType);

        private static string? OptionalString(Field field, ref Utf8JsonReader reader) =>
            reader.TokenType == JsonTokenType.Null ? null : String(field, ref reader);

        private static long Integer(Field field, ref Utf8JsonReader reader, long max) =>
            reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0 && number <= max
                ? number
                : throw Wrong(field, "a whole number", reader.TokenType);

        private static double? Number(Field field, ref Utf8JsonReader reader) => reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.Number => reader.GetDouble(),
            _ => throw Wrong(field, "a number or null", reader.TokenType),
        };

        private static bool Bool(Field field, ref Utf8JsonReader reader) => reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw Wrong(field, "true or false", reader.TokenType),
        };

        private static JsonException Wrong(Field field, string needed, JsonTokenType found) =>
            new($"{Wire[(int)field]} must be {needed}, not {found.ToString().ToLowerInvariant()}");
    }
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Penstock.Protocols.Modbus;

namespace Penstock.EdgeAgent.Commands;

/// <summary>A round as one line of JSON.</summary>
internal static class ProfileTryJson
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(TryRound round)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("device", round.Target.ToString());
            json.WriteString("ts", round.At.ToString());
            json.WriteStartArray("rows");
            foreach (var row in round.Rows)
                WriteRow(json, row);
            json.WriteEndArray();
            json.WriteStartArray("troubles");
            foreach (var trouble in round.Troubles)
                WriteTrouble(json, trouble);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteRow(Utf8JsonWriter json, TryRow row)
    {
        json.WriteStartObject();
        if (row.Tag is { } tag)
            json.WriteString("tag", tag);
        json.WriteString("table", Words.Of(row.Table));
        json.WriteNumber("address", row.Address);
        json.WriteString("raw", Words.Hex([.. row.Words]));
        if (row.Value is { } value)
            WriteValue(json, value);
        if (row.Unit is { } unit)
            json.WriteString("unit", unit);
        if (row.Orders.Count > 0)
            WriteOrders(json, row);
        if (row.OwnOrder is { } own)
            json.WriteString("order", own);
        if (row.Plausible is { } best)
            WriteReading(json, "plausible", best);
        json.WriteEndObject();
    }

    private static void WriteOrders(Utf8JsonWriter json, TryRow row)
    {
        json.WriteStartObject("orders");
        foreach (var order in row.Orders)
            WriteReading(json, order.Order, order);
        json.WriteEndObject();
    }

    private static void WriteReading(Utf8JsonWriter json, string name, WordReading reading)
    {
        json.WriteStartObject(name);
        json.WriteString("type", reading.Type.ToString().ToLowerInvariant());
        json.WriteString("order", reading.Order);
        WriteValue(json, reading.Value);
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, DecodedValue value)
    {
        if (value.Value.Number is { } number)
            json.WriteNumber("value", number);
        else
            json.WriteNull("value");
        if ((value.Text ?? value.Value.Text) is { } text)
            json.WriteString("text", text);
        json.WriteString("q", value.Quality.ToString().ToLowerInvariant());
        if (value.Why is { } why)
            json.WriteString("why", why);
    }

    private static void WriteTrouble(Utf8JsonWriter json, TryTrouble trouble)
    {
        json.WriteStartObject();
        json.WriteString("what", trouble.What);
        json.WriteString("likely_cause", trouble.Cause);
        json.WriteStartArray("found");
        foreach (var finding in trouble.Findings)
            json.WriteStringValue(finding);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

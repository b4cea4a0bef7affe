using System.Text.Json;
using Penstock.Contracts;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>
/// Topic and key of the lines of a request, read from the lines. One instance a request: records of one device follow each
/// other, so its key is made once.
/// </summary>
internal sealed class RecordAddress(Topics topics)
{
    private byte[] _site = [];
    private byte[] _device = [];
    private byte[] _key = [];

    private static ReadOnlySpan<byte> SiteField => "\"site\":\""u8;

    private static ReadOnlySpan<byte> DeviceField => "\"device\":\""u8;

    /// <summary>False when the line is no record.</summary>
    public bool TryRead(ReadOnlySpan<byte> line, out string topic, out byte[] key)
    {
        var isEvent = RecordCodec.IsEvent(line);
        topic = isEvent ? topics.Events : topics.Readings;
        key = [];
        if (isEvent)
            return TryReadEvent(line, ref key);
        // The codec writes a reading's names first, so these bytes are its own fields.
        var site = Field(line, SiteField);
        var device = Field(line, DeviceField);
        if (site.IsEmpty || device.IsEmpty)
            return false;
        key = KeyOf(site, device);
        return true;
    }

    /// <summary>The number of a record that came back: epoch and seq.</summary>
    public static (string Epoch, long Seq) NumberOf(byte[] line)
    {
        using var json = JsonDocument.Parse(line);
        return (json.RootElement.GetProperty("epoch").GetString() ?? "", json.RootElement.GetProperty("seq").GetInt64());
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        var at = line.IndexOf(name);
        if (at < 0)
            return default;
        var value = line[(at + name.Length)..];
        var end = value.IndexOf((byte)'"');
        return end < 0 ? default : value[..end];
    }

    private byte[] KeyOf(ReadOnlySpan<byte> site, ReadOnlySpan<byte> device)
    {
        if (site.SequenceEqual(_site) && device.SequenceEqual(_device))
            return _key;
        _site = site.ToArray();
        _device = device.ToArray();
        return _key = [.. site, (byte)'/', .. device];
    }

    /// <summary>Events are few and may carry anything in their fields, so they are read token by token.</summary>
    private static bool TryReadEvent(ReadOnlySpan<byte> line, ref byte[] key)
    {
        string? site = null;
        string? device = null;
        var reader = new Utf8JsonReader(line);
        while (reader.Read())
        {
            if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var (isSite, isDevice) = (reader.ValueTextEquals("site"u8), reader.ValueTextEquals("device"u8));
            reader.Read();
            if (isSite && reader.TokenType == JsonTokenType.String)
                site = reader.GetString();
            else if (isDevice && reader.TokenType == JsonTokenType.String)
                device = reader.GetString();
            else
                reader.Skip();
        }

        if (site is null)
            return false;
        key = System.Text.Encoding.UTF8.GetBytes(Topics.Key(site, device));
        return true;
    }
}

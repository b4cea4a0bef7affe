using Penstock.Contracts;

namespace Penstock.Central.Historian;

/// <summary>The full name of a tag in its three parts.</summary>
internal readonly record struct TagKey(string Site, string Device, string Tag)
{
    public static TagKey Of(Reading reading) => new(reading.Site, reading.Device, reading.Tag);

    public static TagKey Of(TagInfo info) => new(info.Site, info.Device, info.Tag);

    public static bool TryParse(string? fullName, out TagKey key)
    {
        key = default;
        if (fullName?.Split('/') is not [var site, var device, var tag]
            || !Names.IsValid(site) || !Names.IsValid(device) || !Names.IsValid(tag))
        {
            return false;
        }

        key = new(site, device, tag);
        return true;
    }

    public override string ToString() => Names.Full(Site, Device, Tag);
}

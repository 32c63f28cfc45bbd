/** Text that a person typed, or their address, isolated from the direction of the text around it. */
export function UserText({ children }: { children: string }) {
  const [name, domain, ...rest] = children.split("@");
  // An address may break before its @, and nowhere else.
  if (!domain || rest.length || /\s/.test(children)) return <bdi>{children}</bdi>;
  return (
    <bdi>
      {name}
      <wbr />@{domain}
    </bdi>
  );
}

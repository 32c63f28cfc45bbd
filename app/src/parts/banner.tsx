import type { ComponentChildren } from "preact";
import { Icon, Mark, type State } from "./icon";

interface Props {
  tone?: "rejected" | "waiting";
  mark?: State;
  icon?: "pen" | "cloud-off" | "week" | "person";
  title: string;
  /** The button that does what the banner asks for. */
  action?: ComponentChildren;
  slim?: boolean;
  children?: ComponentChildren;
}

/** A message about the whole screen, with the button that does something about it. */
export function Banner({ tone, mark, icon, title, action, slim = false, children }: Props) {
  return (
    <div class={`banner ${tone ?? ""} ${slim ? "slim" : ""}`} role="status">
      {mark ? <Mark state={mark} /> : <Icon name={icon ?? "week"} />}
      <p>
        <strong>{title}</strong>
        <br />
        {children}
      </p>
      {action}
    </div>
  );
}
